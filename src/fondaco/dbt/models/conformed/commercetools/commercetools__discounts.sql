with cart_discounts as (
    select * from {{ ref('stg_commercetools__cart_discounts') }}
),

codes as (
    select
        links.tenant_id,
        links.connection_id,
        links.cart_discount_id,
        discount_codes.discount_code_id,
        discount_codes.code,
        discount_codes.name,
        discount_codes.is_active,
        discount_codes.starts_at,
        discount_codes.ends_at,
        discount_codes.synced_at
    from {{ ref('stg_commercetools__discount_code_discounts') }} as links
    inner join {{ ref('stg_commercetools__discount_codes') }} as discount_codes
        on links.tenant_id = discount_codes.tenant_id
        and links.connection_id = discount_codes.connection_id
        and links.discount_code_id = discount_codes.discount_code_id
),

final as (
    select
        cart_discounts.tenant_id,
        cart_discounts.connection_id,
        'commercetools' as source,
        -- One row for each code: two codes of one discount are two things that customers can type.
        {{ record_id(
            "coalesce(cart_discounts.cart_discount_id || '/' || codes.discount_code_id, cart_discounts.cart_discount_id)",
            'cart_discounts.connection_id'
        ) }} as discount_id,
        codes.code,
        coalesce(codes.name, cart_discounts.name) as title,
        case
            when cart_discounts.target_type = 'shipping' then 'shipping'
            when cart_discounts.value_type = 'relative' then 'percentage'
            when cart_discounts.value_type in ('absolute', 'fixed') then 'fixed'
            else 'other'
        end as discount_type,
        case
            when cart_discounts.is_active and coalesce(codes.is_active, true) then 'active'
            else 'inactive'
        end as status,
        cast(null as {{ contract_type('bigint') }}) as usage_count,
        coalesce(codes.starts_at, cart_discounts.starts_at) as starts_at,
        coalesce(codes.ends_at, cart_discounts.ends_at) as ends_at,
        greatest(cart_discounts.synced_at, coalesce(codes.synced_at, cart_discounts.synced_at)) as synced_at
    from cart_discounts
    left join codes
        on cart_discounts.tenant_id = codes.tenant_id
        and cart_discounts.connection_id = codes.connection_id
        and cart_discounts.cart_discount_id = codes.cart_discount_id
)

select {{ conform('discounts') }} from final
