with products as (
    select * from {{ ref('core_products') }}
),

variants as (
    select * from {{ ref('core_variants') }}
),

sales as (
    select * from {{ ref('product_sales_daily') }}
),

priced as (
    select
        tenant_id,
        product_id,
        cast(count(*) as bigint) as variants,
        min(price) as lowest_price,
        max(price) as highest_price,
        min(currency) as price_currency
    from variants
    where not coalesce(is_deleted, false)
    group by tenant_id, product_id
),

sold as (
    select
        tenant_id,
        product_id,
        min(case when units_sold > 0 then order_date end) as first_sold_date,
        max(case when units_sold > 0 then order_date end) as last_sold_date,
        cast(sum(net_units) as bigint) as net_units,
        {{ total('net_sales') }} as net_sales,
        min(currency) as currency
    from sales
    where product_id is not null
    group by tenant_id, product_id
),

reporting as (
    select
        tenant_id,
        min(reporting_currency) as currency
    from {{ ref('core_connections') }}
    group by tenant_id
),

final as (
    select
        products.tenant_id,
        products.product_id,
        products.connection_id,
        products.source,
        products.source_product_id,
        products.title,
        products.vendor,
        products.product_type,
        products.status,
        coalesce(products.is_deleted, false) as is_deleted,
        products.created_at,
        coalesce(priced.variants, 0) as variants,
        priced.lowest_price,
        priced.highest_price,
        priced.price_currency,
        sold.first_sold_date,
        sold.last_sold_date,
        coalesce(sold.net_units, 0) as net_units,
        reporting.currency,
        cast(coalesce(sold.net_sales, 0) as {{ contract_type('money') }}) as net_sales
    from products
    left join priced
        on products.product_id = priced.product_id
        and products.tenant_id = priced.tenant_id
    left join sold
        on products.product_id = sold.product_id
        and products.tenant_id = sold.tenant_id
    left join reporting on products.tenant_id = reporting.tenant_id
)

select * from final
