with sellables as (
    select * from {{ ref('woocommerce__sellables') }}
),

-- WooCommerce knows one place, and how much can still be sold there. What is on the shelf it does not know.
final as (
    select
        tenant_id,
        connection_id,
        'woocommerce' as source,
        {{ record_id('variant_id') }} as inventory_level_id,
        {{ record_id('variant_id') }} as variant_id,
        {{ record_id("'shop'") }} as location_id,
        cast(null as {{ contract_type('text') }}) as location_name,
        floor(stock_quantity) as available,
        cast(null as {{ contract_type('bigint') }}) as on_hand,
        cast(null as {{ contract_type('bigint') }}) as committed,
        cast(null as {{ contract_type('bigint') }}) as incoming,
        synced_at as updated_at,
        synced_at
    from sellables
    -- A variation with the word parent shows its product's stock, which would be counted once for each.
    where stock_quantity is not null and manages_stock <> 'parent'
)

select {{ conform('inventory_levels') }} from final
