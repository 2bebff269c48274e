{#- From how many orders of a platform on a day it is told who bears what it spent on campaigns without one: of fewer, each would
    bear what chance gave it. -#}
{% macro fewest_orders() -%}
10
{%- endmacro %}

{#- Where an order came from: platform and campaign, each empty where it is not known, or where a merchant lets all orders share alike. -#}
{% macro order_origin() -%}
case when settings.marketing_by = 'click' then coalesce(campaigns.platform, '') else '' end as platform,
        case when settings.marketing_by = 'click' then coalesce(campaigns.campaign_id, '') else '' end as campaign_id
{%- endmacro %}
