with members as (
    select * from {{ ref('stg_commercetools__product_categories') }}
),

final as (
    select
        tenant_id,
        connection_id,
        'commercetools' as source,
        {{ record_id('product_id') }} as product_id,
        {{ record_id('category_id') }} as collection_id,
        synced_at
    from members
)

select {{ conform('product_collections') }} from final
