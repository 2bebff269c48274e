{#- Who delivers an article says the article; where it does not, whoever was last asked for it. -#}
with variants as (
    select * from {{ ref('prohandel__variants') }}
    where not is_deleted
),

articles as (
    select * from {{ ref('stg_prohandel__articles') }}
),

sizes as (
    select * from {{ ref('stg_prohandel__article_sizes') }}
),

orders as (
    select * from {{ ref('stg_prohandel__orders') }}
    where supplier_number is not null and not coalesce(is_deleted, false) and status <> 'cancelled'
),

asked as (
    select
        *,
        row_number() over (
            partition by tenant_id, connection_id, article_number, article_size_number
            order by ordered_at desc, order_number desc, position desc
        ) as place
    from orders
),

told as (
    select
        variants.tenant_id,
        variants.connection_id,
        coalesce(articles.supplier_number, asked.supplier_number) as supplier_number,
        variants.variant_id,
        variants.sku,
        variants.unit_cost,
        sizes.supplier_sku,
        variants.currency,
        greatest(variants.synced_at, coalesce(asked.synced_at, variants.synced_at)) as synced_at
    from variants
    inner join sizes
        on variants.tenant_id = sizes.tenant_id
        and variants.connection_id = sizes.connection_id
        and variants.source_variant_id = sizes.article_number || '/' || sizes.article_size_number
    left join articles
        on sizes.tenant_id = articles.tenant_id
        and sizes.connection_id = articles.connection_id
        and sizes.article_number = articles.article_number
    left join asked
        on sizes.tenant_id = asked.tenant_id
        and sizes.connection_id = asked.connection_id
        and sizes.article_number = asked.article_number
        and sizes.article_size_number = asked.article_size_number
        and asked.place = 1
),

final as (
    select
        tenant_id,
        connection_id,
        'prohandel' as source,
        variant_id || '/' || supplier_number as supplier_item_id,
        {{ record_id('supplier_number') }} as supplier_id,
        sku,
        supplier_sku,
        unit_cost,
        currency,
        cast(null as {{ contract_type('bigint') }}) as order_multiple,
        cast(null as {{ contract_type('bigint') }}) as minimum_quantity,
        cast(null as {{ contract_type('bigint') }}) as shelf_life_days,
        synced_at
    from told
    where supplier_number is not null
)

select {{ conform('supplier_items') }} from final
