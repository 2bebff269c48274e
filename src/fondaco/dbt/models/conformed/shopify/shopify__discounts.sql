with discounts as (
    select * from {{ ref('stg_shopify__discounts') }}
),

codes as (
    select * from {{ ref('stg_shopify__discount_codes') }}
),

final as (
    select
        discounts.tenant_id,
        discounts.connection_id,
        'shopify' as source,
        -- One row for each code: two codes of one discount are two things that customers can type.
        {{ record_id(
            "coalesce(discounts.discount_id || '/' || codes.discount_code_id, discounts.discount_id)",
            'discounts.connection_id'
        ) }}
            as discount_id,
        codes.code,
        discounts.title,
        case
            when discounts.discount_type in ('DiscountCodeFreeShipping', 'DiscountAutomaticFreeShipping') then 'shipping'
            when discounts.value_type = 'DiscountPercentage' then 'percentage'
            when discounts.value_type = 'DiscountAmount' then 'fixed'
            else 'other'
        end as discount_type,
        lower(discounts.status) as status,
        coalesce(codes.usage_count, discounts.usage_count) as usage_count,
        discounts.starts_at,
        discounts.ends_at,
        greatest(discounts.synced_at, coalesce(codes.synced_at, discounts.synced_at)) as synced_at
    from discounts
    left join codes
        on discounts.tenant_id = codes.tenant_id
        and discounts.connection_id = codes.connection_id
        and discounts.discount_id = codes.discount_id
)

select {{ conform('discounts') }} from final
