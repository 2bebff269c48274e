with imported as (
    select * from {{ ref('stg_files__product_variants') }}
),

lines as (
    select * from {{ ref('files__lines') }}
),

-- Variants that only order lines tell of: what their newest sale says.
sold as (
    select
        *,
        row_number() over (
            partition by tenant_id, connection_id, source_variant_id
            order by case when title is null then 1 else 0 end asc, ordered_at desc, order_line_id desc
        ) as newest
    from lines
    where source_variant_id is not null
),

only_sold as (
    select sold.*
    from sold
    left join imported
        on sold.tenant_id = imported.tenant_id
        and sold.connection_id = imported.connection_id
        and sold.source_variant_id = imported.variant_id
    where sold.newest = 1 and imported.variant_id is null
),

united as (
    select
        tenant_id,
        connection_id,
        {{ record_id('product_id') }} as product_id,
        variant_id as source_variant_id,
        sku,
        barcode,
        title,
        price,
        unit_cost,
        currency,
        synced_at
    from imported
    union all
    select
        tenant_id,
        connection_id,
        product_id,
        source_variant_id,
        sku,
        cast(null as {{ contract_type('text') }}) as barcode,
        title,
        unit_price as price,
        cast(null as {{ contract_type('money') }}) as unit_cost,
        currency,
        synced_at
    from only_sold
),

final as (
    select
        *,
        'files' as source,
        {{ record_id('source_variant_id') }} as variant_id,
        synced_at as updated_at,
        false as is_deleted
    from united
)

select {{ conform('variants') }} from final
