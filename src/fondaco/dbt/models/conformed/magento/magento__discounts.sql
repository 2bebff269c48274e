with rules as (
    select
        *,
        case
            when coalesce(free_shipping, '0') not in ('0', '') and coalesce(discount_amount, 0) = 0 then 'shipping'
            when applies_to_shipping and free_shipping in ('1', '2') then 'shipping'
            when action = 'by_percent' then 'percentage'
            when action in ('by_fixed', 'cart_fixed') then 'fixed'
            else 'other'
        end as discount_type
    from {{ ref('stg_magento__sales_rules') }}
),

coupons as (
    select * from {{ ref('stg_magento__coupons') }}
),

united as (
    select
        coupons.tenant_id,
        coupons.connection_id,
        'coupon:' || coupons.coupon_id as discount,
        coupons.code,
        rules.name as title,
        coalesce(rules.discount_type, 'other') as discount_type,
        coalesce(rules.is_active, true) as is_active,
        coupons.times_used,
        coalesce(rules.starts_at, coupons.created_at) as starts_at,
        coalesce(coupons.expires_at, rules.ends_at) as ends_at,
        greatest(coupons.synced_at, coalesce(rules.synced_at, coupons.synced_at)) as synced_at
    from coupons
    left join rules
        on coupons.tenant_id = rules.tenant_id
        and coupons.connection_id = rules.connection_id
        and coupons.rule_id = rules.rule_id
    union all
    select
        tenant_id,
        connection_id,
        'rule:' || rule_id as discount,
        cast(null as {{ contract_type('text') }}) as code,
        name as title,
        discount_type,
        coalesce(is_active, true) as is_active,
        times_used,
        starts_at,
        ends_at,
        synced_at
    from rules
    where coalesce(coupon_type, 'NO_COUPON') = 'NO_COUPON'
),

final as (
    select
        tenant_id,
        connection_id,
        'magento' as source,
        {{ record_id('discount') }} as discount_id,
        code,
        title,
        discount_type,
        case when is_active then 'active' else 'inactive' end as status,
        times_used as usage_count,
        starts_at,
        ends_at,
        synced_at
    from united
)

select {{ conform('discounts') }} from final
