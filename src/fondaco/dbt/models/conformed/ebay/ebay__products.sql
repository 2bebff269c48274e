-- Listings as their newest order has them: the Inventory API knows only those that were made through it.
with lines as (
    select
        *,
        row_number() over (
            partition by tenant_id, connection_id, item_id
            order by ordered_at desc, line_item_id desc
        ) as place,
        min(ordered_at) over (partition by tenant_id, connection_id, item_id) as first_ordered_at
    from {{ ref('ebay__line_amounts') }}
    where item_id is not null
),

final as (
    select
        tenant_id,
        connection_id,
        'ebay' as source,
        {{ record_id('item_id') }} as product_id,
        item_id as source_product_id,
        title,
        null as vendor,
        null as product_type,
        'active' as status,
        first_ordered_at as created_at,
        ordered_at as updated_at,
        false as is_deleted,
        synced_at
    from lines
    where place = 1
)

select {{ conform('products') }} from final
