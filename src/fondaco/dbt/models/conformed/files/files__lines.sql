{#- Lines of imported orders with their amounts before tax and the catalogue's product: the base of files__order_lines
    and files__sales_events. -#}
with lines as (
    select * from {{ ref('stg_files__order_lines') }}
),

totals as (
    select * from {{ ref('stg_files__order_totals') }}
),

variants_by_sku as (
    select
        tenant_id,
        connection_id,
        sku,
        min(product_id) as product_id,
        min(variant_id) as variant_id
    from {{ ref('stg_files__product_variants') }}
    where sku is not null
    group by tenant_id, connection_id, sku
),

-- A line's product and variant hang on the whole catalogue: a row that a newer file no longer has changes them too.
catalogues as (
    select
        tenant_id,
        connection_id,
        max(synced_at) as synced_at
    from {{ ref('stg_files__products') }}
    group by tenant_id, connection_id
),

-- A file that has its orders whole voids their lines of earlier imports. A cancelled line of an order that otherwise
-- stands is left out.
current_lines as (
    select
        lines.*,
        coalesce(totals.prices_include_tax, false) as prices_include_tax,
        totals.synced_at as totals_synced_at
    from lines
    inner join totals
        on lines.tenant_id = totals.tenant_id
        and lines.connection_id = totals.connection_id
        and lines.order_id = totals.order_id
    where
        (totals.line_imports is null or totals.line_imports like '%' || lines.import_id || '%')
        and not (coalesce(lines.is_cancelled, false) and coalesce(totals.counts_in_sales, true))
),

identified as (
    select
        current_lines.*,
        catalogues.synced_at as catalogue_synced_at,
        coalesce(
            current_lines.product_id,
            variants_by_sku.product_id,
            current_lines.sku,
            current_lines.title
        ) as found_product_id,
        coalesce(variants_by_sku.variant_id, current_lines.sku, current_lines.title) as found_variant_id
    from current_lines
    left join variants_by_sku
        on current_lines.tenant_id = variants_by_sku.tenant_id
        and current_lines.connection_id = variants_by_sku.connection_id
        and current_lines.sku = variants_by_sku.sku
    left join catalogues
        on current_lines.tenant_id = catalogues.tenant_id
        and current_lines.connection_id = catalogues.connection_id
),

-- Tax is on what is left after the discount. Where prices include it, it comes off gross and discount alike.
taxed as (
    select
        *,
        case
            when prices_include_tax and gross <> discount
                then cast(cast(discount as decimal(38, 6)) * coalesce(tax, 0) / (gross - discount) as decimal(38, 2))
            else 0
        end as tax_in_discount,
        case when prices_include_tax then coalesce(tax, 0) else 0 end as tax_in_net
    from identified
),

final as (
    select
        tenant_id,
        connection_id,
        {{ record_id("order_id || ':' || line_id") }} as order_line_id,
        {{ record_id('order_id') }} as order_id,
        {{ record_id('found_product_id') }} as product_id,
        {{ record_id('found_variant_id') }} as variant_id,
        found_product_id as source_product_id,
        found_variant_id as source_variant_id,
        sku,
        title,
        currency,
        quantity,
        units_restocked,
        unit_price,
        cast(gross - tax_in_net - tax_in_discount as {{ contract_type('money') }}) as gross_sales,
        cast(discount - tax_in_discount as {{ contract_type('money') }}) as discounts,
        cast(coalesce(tax, 0) as {{ contract_type('money') }}) as taxes,
        coalesce(is_return, false) as is_return,
        coalesce(is_gift_card, false) as is_gift_card,
        ordered_at,
        greatest(synced_at, totals_synced_at, coalesce(catalogue_synced_at, synced_at)) as synced_at
    from taxed
)

select * from final
