with variants as (
    select * from {{ ref('stg_commercetools__variants') }}
),

products as (
    select * from {{ ref('stg_commercetools__products') }}
),

connections as (
    select * from {{ ref('stg_commercetools__connections') }}
),

deletions as (
    select * from {{ ref('stg_commercetools__tombstones') }}
    where stream = 'products'
),

prices as (
    select * from {{ ref('stg_commercetools__variant_prices') }}
),

-- The price for everyone in the shop's currency comes first, then any other.
ranked as (
    select
        prices.*,
        row_number() over (
            partition by prices.tenant_id, prices.connection_id, prices.product_id, prices.variant_number
            order by
                case when prices.currency = connections.currency then 0 else 1 end,
                case
                    when prices.country is null and prices.channel_id is null and prices.customer_group_id is null
                        then 0
                    else 1
                end,
                prices.price_index,
                prices.price_id
        ) as place
    from prices
    left join connections
        on prices.tenant_id = connections.tenant_id
        and prices.connection_id = connections.connection_id
),

final as (
    select
        variants.tenant_id,
        variants.connection_id,
        'commercetools' as source,
        {{ record_id(
            "variants.product_id || '/' || cast(variants.variant_number as " ~ contract_type('text') ~ ")",
            'variants.connection_id'
        ) }} as variant_id,
        {{ record_id('variants.product_id', 'variants.connection_id') }} as product_id,
        variants.product_id || '/' || cast(variants.variant_number as {{ contract_type('text') }})
            as source_variant_id,
        variants.sku,
        cast(null as {{ contract_type('text') }}) as barcode,
        coalesce(variants.key, variants.sku) as title,
        {{ minor_units(
            "case when ranked.price_type = 'highPrecision' then ranked.price_precise else ranked.price_cents end",
            'ranked.price_fraction_digits'
        ) }} as price,
        variants.unit_cost,
        coalesce(ranked.currency, connections.currency) as currency,
        products.modified_at as updated_at,
        deletions.record_id is not null as is_deleted,
        greatest(variants.synced_at, coalesce(deletions.synced_at, variants.synced_at)) as synced_at
    from variants
    inner join products
        on variants.tenant_id = products.tenant_id
        and variants.connection_id = products.connection_id
        and variants.product_id = products.product_id
    left join ranked
        on variants.tenant_id = ranked.tenant_id
        and variants.connection_id = ranked.connection_id
        and variants.product_id = ranked.product_id
        and variants.variant_number = ranked.variant_number
        and ranked.place = 1
    left join connections
        on variants.tenant_id = connections.tenant_id
        and variants.connection_id = connections.connection_id
    left join deletions
        on variants.tenant_id = deletions.tenant_id
        and variants.connection_id = deletions.connection_id
        and variants.product_id = deletions.record_id
        and variants.synced_at <= deletions.synced_at
)

select {{ conform('variants') }} from final
