with catalogue as (
    select * from {{ ref('core_products') }}
),

variants as (
    select * from {{ ref('core_variants') }}
),

sales as (
    select * from {{ ref('product_sales_daily') }}
),

-- Products that left the shop before it was first read are known by what was sold of them.
last_lines as (
    select
        sales.tenant_id,
        sales.product_id,
        sales.connection_id,
        sales.source,
        sales.product_title,
        row_number() over (
            partition by sales.tenant_id, sales.product_id
            order by sales.event_date desc, sales.product_title
        ) as place
    from sales
    left join catalogue
        on sales.product_id = catalogue.product_id
        and sales.tenant_id = catalogue.tenant_id
    where sales.product_id is not null and catalogue.product_id is null
),

shops_with_catalogue as (
    select distinct
        tenant_id,
        connection_id
    from catalogue
),

products as (
    select
        tenant_id,
        product_id,
        connection_id,
        source,
        source_product_id,
        title,
        vendor,
        product_type,
        status,
        coalesce(is_deleted, false) as is_deleted,
        created_at
    from catalogue
    union all
    select
        last_lines.tenant_id,
        last_lines.product_id,
        last_lines.connection_id,
        last_lines.source,
        substr(last_lines.product_id, length(last_lines.connection_id) + 2) as source_product_id,
        last_lines.product_title as title,
        cast(null as varchar) as vendor,
        cast(null as varchar) as product_type,
        cast(null as varchar) as status,
        shops_with_catalogue.connection_id is not null as is_deleted,
        cast(null as timestamp) as created_at
    from last_lines
    left join shops_with_catalogue
        on last_lines.connection_id = shops_with_catalogue.connection_id
        and last_lines.tenant_id = shops_with_catalogue.tenant_id
    where last_lines.place = 1
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
        products.is_deleted,
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
