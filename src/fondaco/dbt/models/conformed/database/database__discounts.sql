with discounts as (
    select * from {{ ref('stg_database__discounts') }}
    where deleted_at is null
),

final as (
    select
        tenant_id,
        connection_id,
        'database' as source,
        {{ record_id('discount_id') }} as discount_id,
        nullif(code, '') as code,
        title,
        case when kind in ('percentage', 'fixed', 'shipping') then kind else 'other' end as discount_type,
        case when coalesce(is_active, true) then 'active' else 'inactive' end as status,
        usage_count,
        starts_at,
        ends_at,
        synced_at
    from discounts
)

select {{ conform('discounts') }} from final
