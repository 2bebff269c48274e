with things as (
    select * from {{ ref('amazon__things') }}
),

-- Amazon knows no unit cost: the cost sheet names it by SKU.
final as (
    select
        tenant_id,
        connection_id,
        'amazon' as source,
        {{ record_id('sku') }} as variant_id,
        {{ record_id('asin') }} as product_id,
        sku as source_variant_id,
        sku,
        cast(null as {{ contract_type('text') }}) as barcode,
        title,
        unit_price as price,
        cast(null as {{ contract_type('money') }}) as unit_cost,
        currency,
        told_at as updated_at,
        false as is_deleted,
        synced_at
    from things
)

select {{ conform('variants') }} from final
