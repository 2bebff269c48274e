with lines as (
    select
        *,
        row_number() over (
            partition by tenant_id, connection_id, variant
            order by ordered_at desc, line_item_id desc
        ) as place
    from {{ ref('ebay__line_amounts') }}
    where variant is not null
),

final as (
    select
        tenant_id,
        connection_id,
        'ebay' as source,
        {{ record_id('variant') }} as variant_id,
        {{ record_id('item_id') }} as product_id,
        variant as source_variant_id,
        sku,
        null as barcode,
        title,
        displayed_cost / nullif(quantity, 0) as price,
        null as unit_cost,
        currency,
        ordered_at as updated_at,
        false as is_deleted,
        synced_at
    from lines
    where place = 1
)

select {{ conform('variants') }} from final
