-- The last visit before the order that bears a mark of its origin; else the first, which may have one as well.
with orders as (
    select * from {{ ref('stg_shopify__orders') }}
),

final as (
    select
        tenant_id,
        connection_id,
        'shopify' as source,
        {{ record_id('order_id', 'connection_id') }} as order_id,
        {%- set told = ['visit_at', 'visit_utm_source', 'visit_utm_medium', 'visit_utm_campaign', 'visit_utm_term',
            'visit_utm_content', 'visit_landing_page'] %}
        {%- set clicked = click_type('last_visit_landing_page') %}
        {%- set marked = 'coalesce(last_visit_utm_source, last_visit_utm_campaign, ' ~ clicked ~ ')' %}
        {%- for column in told[:-1] %}
        case when {{ marked }} is null then first_{{ column }} else last_{{ column }} end
            as {{ {'visit_at': 'visited_at'}.get(column, column.removeprefix('visit_')) }},
        {%- endfor %}
        coalesce(
            {{ click_type('last_visit_landing_page') }},
            case when {{ marked }} is null then {{ click_type('first_visit_landing_page') }} end
        ) as click_type,
        synced_at
    from orders
    where
        coalesce(
            last_visit_utm_source, last_visit_utm_campaign, first_visit_utm_source, first_visit_utm_campaign,
            {{ click_type('last_visit_landing_page') }}, {{ click_type('first_visit_landing_page') }}
        ) is not null
)

select {{ conform('order_visits') }} from final
