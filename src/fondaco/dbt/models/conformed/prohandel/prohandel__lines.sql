{#- Lines of till receipts with their amounts before tax: the base of prohandel__orders, __order_lines and
    __sales_events. -#}
with sales as (
    select * from {{ ref('stg_prohandel__sales') }}
    where not coalesce(is_deleted, false) and counts and quantity <> 0
),

articles as (
    select * from {{ ref('stg_prohandel__articles') }}
),

sizes as (
    select * from {{ ref('stg_prohandel__article_sizes') }}
),

branches as (
    select * from {{ ref('stg_prohandel__branches') }}
),

connections as (
    select * from {{ ref('stg_prohandel__connections') }}
),

-- Articles and sizes are read whole, so that a line hangs on all of them: one that is gone changes it too.
catalogues as (
    select
        tenant_id,
        connection_id,
        max(synced_at) as synced_at
    from (
        select tenant_id, connection_id, synced_at from articles
        union all
        select tenant_id, connection_id, synced_at from sizes
        union all
        select tenant_id, connection_id, synced_at from branches
    ) as rows_read
    group by tenant_id, connection_id
),

-- Numbers of receipts may begin anew each day.
joined as (
    select
        sales.*,
        coalesce(sales.branch_number, '') || '/' || coalesce(
            sales.receipt_number || '/' || cast(
                {{ local_date('sales.sold_at', 'connections.time_zone') }} as {{ contract_type('text') }}
            ),
            sales.sale_id
        ) as receipt,
        sales.quantity < 0 as is_return,
        connections.currency,
        lower(coalesce(branches.name, 'branch ' || sales.branch_number)) as channel,
        articles.name as title,
        coalesce(sizes.sku, sales.article_number || '/' || sales.article_size_number) as sku,
        coalesce(articles.vat_percent, sales.vat_percent) as percent,
        greatest(sales.synced_at, coalesce(catalogues.synced_at, sales.synced_at)) as newest_synced_at
    from sales
    inner join connections
        on sales.tenant_id = connections.tenant_id
        and sales.connection_id = connections.connection_id
    left join catalogues
        on sales.tenant_id = catalogues.tenant_id
        and sales.connection_id = catalogues.connection_id
    left join branches
        on sales.tenant_id = branches.tenant_id
        and sales.connection_id = branches.connection_id
        and sales.branch_number = branches.branch_number
    left join articles
        on sales.tenant_id = articles.tenant_id
        and sales.connection_id = articles.connection_id
        and sales.article_number = articles.article_number
    left join sizes
        on sales.tenant_id = sizes.tenant_id
        and sales.connection_id = sizes.connection_id
        and sales.article_number = sizes.article_number
        and sales.article_size_number = sizes.article_size_number
),

-- Tills print prices with tax. It comes off what was paid, and off the label's price; the discount is what lies between.
taxed as (
    select
        *,
        cast(coalesce(paid, 0) as {{ contract_type('money') }}) as paid_total,
        cast(
            cast(coalesce(paid, 0) as {{ contract_type('money') }}) * 100 / (100 + percent) as decimal(38, 2)
        ) as net,
        cast(
            (cast(coalesce(paid, 0) as {{ contract_type('money') }}) + coalesce(discount, 0)) * 100 / (100 + percent)
            as decimal(38, 2)
        ) as gross
    from joined
),

final as (
    select
        tenant_id,
        connection_id,
        {{ record_id('sale_id') }} as order_line_id,
        {{ record_id('receipt') }} as order_id,
        receipt as source_order_id,
        receipt_number,
        {{ record_id('article_number') }} as product_id,
        {{ record_id("article_number || '/' || article_size_number") }} as variant_id,
        {{ record_id("nullif(customer_number, '0')") }} as customer_id,
        channel,
        sku,
        title,
        currency,
        sold_at,
        changed_at,
        is_return,
        quantity,
        label_price,
        paid_total,
        gross as gross_sales,
        gross - net as discounts,
        net,
        paid_total - net as taxes,
        newest_synced_at as synced_at
    from taxed
)

select * from final
