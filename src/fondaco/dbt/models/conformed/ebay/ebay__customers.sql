-- Buyers by their user name, as their newest order has them; their names and addresses are not read.
with orders as (
    select
        *,
        row_number() over (
            partition by tenant_id, connection_id, buyer_username
            order by created_at desc, order_id desc
        ) as place,
        min(created_at) over (partition by tenant_id, connection_id, buyer_username) as first_ordered_at
    from {{ ref('stg_ebay__orders') }}
    where buyer_username is not null
),

final as (
    select
        tenant_id,
        connection_id,
        'ebay' as source,
        {{ record_id('buyer_username') }} as customer_id,
        buyer_username as source_customer_id,
        null as email,
        null as phone,
        null as first_name,
        null as last_name,
        city,
        upper(country) as country,
        null as accepts_marketing,
        first_ordered_at as created_at,
        updated_at,
        false as is_deleted,
        synced_at
    from orders
    where place = 1
)

select {{ conform('customers') }} from final
