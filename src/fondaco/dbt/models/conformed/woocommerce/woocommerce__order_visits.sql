-- WooCommerce keeps the last touch that was not direct, with the address by which the session began.
with orders as (
    select * from {{ ref('stg_woocommerce__orders') }}
),

final as (
    select
        tenant_id,
        connection_id,
        'woocommerce' as source,
        {{ record_id('order_id', 'connection_id') }} as order_id,
        cast(null as {{ contract_type('timestamp') }}) as visited_at,
        utm_source,
        utm_medium,
        utm_campaign,
        utm_term,
        utm_content,
        {{ click_type('session_entry') }} as click_type,
        synced_at
    from orders
    where
        attribution_type = 'utm'
        or {{ click_type('session_entry') }} is not null
)

select {{ conform('order_visits') }} from final
