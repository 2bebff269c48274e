with customers as (
    select * from {{ ref('stg_prohandel__customers') }}
),

final as (
    select
        tenant_id,
        connection_id,
        'prohandel' as source,
        {{ record_id('customer_number') }} as customer_id,
        customer_number as source_customer_id,
        email,
        phone,
        first_name,
        last_name,
        city,
        case when length(country) = 2 then upper(country) end as country,
        cast(null as {{ contract_type('boolean') }}) as accepts_marketing,
        cast(null as {{ contract_type('timestamp') }}) as created_at,
        changed_at as updated_at,
        false as is_deleted,
        synced_at
    from customers
)

select {{ conform('customers') }} from final
