with variants as (
    {{ database_rows('variants', 'variant_id') }}
),

connections as (
    select * from {{ ref('stg_database__connections') }}
),

final as (
    select
        variants.tenant_id,
        variants.connection_id,
        'database' as source,
        {{ record_id('variants.variant_id', 'variants.connection_id') }} as variant_id,
        {{ record_id('variants.product_id', 'variants.connection_id') }} as product_id,
        variants.variant_id as source_variant_id,
        nullif(variants.sku, '') as sku,
        nullif(variants.barcode, '') as barcode,
        variants.title,
        variants.price,
        variants.unit_cost,
        upper(coalesce(nullif(variants.currency, ''), connections.currency)) as currency,
        variants.updated_at,
        variants.is_deleted,
        variants.newest_synced_at as synced_at
    from variants
    left join connections
        on variants.tenant_id = connections.tenant_id
        and variants.connection_id = connections.connection_id
)

select {{ conform('variants') }} from final
