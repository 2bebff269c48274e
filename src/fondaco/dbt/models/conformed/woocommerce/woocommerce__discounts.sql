with coupons as (
    select * from {{ ref('stg_woocommerce__coupons') }}
),

final as (
    select
        tenant_id,
        connection_id,
        'woocommerce' as source,
        {{ record_id('coupon_id') }} as discount_id,
        code,
        nullif(description, '') as title,
        case
            when is_free_shipping and coalesce(amount, 0) = 0 then 'shipping'
            when discount_type like '%percent%' then 'percentage'
            when discount_type like 'fixed%' then 'fixed'
            else 'other'
        end as discount_type,
        case when coalesce(status, 'publish') = 'publish' then 'active' else status end as status,
        usage_count,
        created_at as starts_at,
        expires_at as ends_at,
        synced_at
    from coupons
)

select {{ conform('discounts') }} from final
