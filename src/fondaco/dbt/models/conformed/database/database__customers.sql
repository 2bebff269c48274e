with customers as (
    {{ database_rows('customers', 'customer_id') }}
),

final as (
    select
        tenant_id,
        connection_id,
        'database' as source,
        {{ record_id('customer_id') }} as customer_id,
        customer_id as source_customer_id,
        nullif(email, '') as email,
        nullif(phone, '') as phone,
        nullif(first_name, '') as first_name,
        nullif(last_name, '') as last_name,
        nullif(city, '') as city,
        case when length(country) = 2 then upper(country) end as country,
        accepts_marketing,
        created_at,
        updated_at,
        is_deleted,
        newest_synced_at as synced_at
    from customers
)

select {{ conform('customers') }} from final
