{{ config(tags=['profit']) }}

{%- set money = contract_type('money') %}
{%- set figures = ['sent', 'delivered', 'opened', 'clicked', 'bounced', 'unsubscribed', 'marked_spam', 'openable',
    'openable_clicked', 'unpriced', 'claimed_conversions', 'claimed_revenue'] %}
{%- set results = ['attributed_orders', 'attributed_new_customers', 'attributed_revenue',
    'attributed_contribution_margin_2'] %}
-- Messages on the account's day of the send, with all that became of them; what they cost on the day that bears it; orders
-- on their own. A day with messages and no order is there, and so is one with orders and no message.
with figures as (
    select * from {{ ref('core_message_figures') }}
),

costs as (
    select distinct
        tenant_id,
        message_figure_id
    from {{ ref('core_message_costs') }}
    where message_figure_id is not null
),

cost_days as (
    select * from {{ ref('core_cost_days') }}
    where role = 'messages'
),

rates as (
    select * from {{ ref('core_exchange_rates_daily') }}
),

results as (
    select * from {{ ref('core_campaign_results') }}
    where role = 'messages'
),

campaigns as (
    select * from {{ ref('core_campaigns') }}
),

reporting as (
    select
        tenant_id,
        min(reporting_currency) as currency
    from {{ ref('core_connections') }}
    group by tenant_id
),

sent as (
    select
        figures.tenant_id,
        figures.source as platform,
        figures.campaign_id,
        figures.send_date as message_date,
        sum(figures.sent) as sent,
        sum(figures.delivered) as delivered,
        sum(figures.opened) as opened,
        sum(figures.clicked) as clicked,
        sum(figures.bounced) as bounced,
        sum(figures.unsubscribed) as unsubscribed,
        sum(figures.marked_spam) as marked_spam,
        sum(case when figures.opened is not null then figures.delivered end) as openable,
        sum(case when figures.opened is not null then figures.clicked end) as openable_clicked,
        sum(case when costs.message_figure_id is null then figures.sent end) as unpriced,
        sum(figures.claimed_conversions) as claimed_conversions,
        sum({{ converted('figures.claimed_revenue', 'rates.exchange_rate') }}) as claimed_revenue
    from figures
    left join costs
        on figures.message_figure_id = costs.message_figure_id
        and figures.tenant_id = costs.tenant_id
    left join rates
        on figures.currency = rates.currency
        and figures.send_date = rates.rate_date
        and figures.tenant_id = rates.tenant_id
    group by figures.tenant_id, figures.source, figures.campaign_id, figures.send_date
),

united as (
    select
        tenant_id,
        platform,
        campaign_id,
        message_date,
        {% for figure in figures %}{{ figure }},
        {% endfor -%}
        0 as cost,
        {% for result in results %}0 as {{ result }}{{ ',' if not loop.last }}
        {% endfor -%}
    from sent
    union all
    select
        tenant_id,
        platform,
        campaign_id,
        cost_date as message_date,
        {% for figure in figures %}0 as {{ figure }},
        {% endfor -%}
        amount as cost,
        {% for result in results %}0 as {{ result }}{{ ',' if not loop.last }}
        {% endfor -%}
    from cost_days
    union all
    select
        tenant_id,
        platform,
        campaign_id,
        order_date as message_date,
        {% for figure in figures %}0 as {{ figure }},
        {% endfor -%}
        0 as cost,
        {% for result in results %}{{ result }}{{ ',' if not loop.last }}
        {% endfor -%}
    from results
),

joined as (
    select
        tenant_id,
        platform,
        campaign_id,
        message_date,
        {% for figure in figures + ['cost'] + results %}sum({{ figure }}) as {{ figure }}{{ ',' if not loop.last }}
        {% endfor -%}
    from united
    group by tenant_id, platform, campaign_id, message_date
),

final as (
    select
        joined.tenant_id,
        joined.message_date,
        joined.platform,
        joined.campaign_id,
        campaigns.name as campaign_name,
        campaigns.campaign_type as message_type,
        campaigns.connection_id,
        reporting.currency,
        {%- for figure in ['sent', 'delivered', 'opened', 'clicked', 'bounced', 'unsubscribed', 'marked_spam', 'openable',
            'openable_clicked', 'unpriced'] %}
        cast(coalesce(joined.{{ figure }}, 0) as bigint) as {{ figure }},
        {%- endfor %}
        cast(coalesce(joined.claimed_conversions, 0) as {{ contract_type('rate') }}) as claimed_conversions,
        cast(coalesce(joined.claimed_revenue, 0) as {{ money }}) as claimed_revenue,
        cast(coalesce(joined.cost, 0) as {{ money }}) as message_cost,
        cast(coalesce(joined.attributed_orders, 0) as bigint) as attributed_orders,
        cast(coalesce(joined.attributed_new_customers, 0) as bigint) as attributed_new_customers,
        cast(coalesce(joined.attributed_revenue, 0) as {{ money }}) as attributed_revenue,
        cast(
            coalesce(joined.attributed_contribution_margin_2, 0) as {{ money }}
        ) as attributed_contribution_margin_2
    from joined
    inner join reporting on joined.tenant_id = reporting.tenant_id
    left join campaigns
        on joined.campaign_id = campaigns.campaign_id
        and joined.tenant_id = campaigns.tenant_id
)

select * from final
order by message_date, platform, campaign_id
