{#- Lines of orders at suppliers: the base of prohandel__purchase_orders and __purchase_order_lines.
    What a customer ordered is none. -#}
with orders as (
    select * from {{ ref('stg_prohandel__orders') }}
    where supplier_number is not null and not coalesce(is_deleted, false) and coalesce(quantity, 0) > 0
),

sizes as (
    select * from {{ ref('stg_prohandel__article_sizes') }}
),

branches as (
    select * from {{ ref('stg_prohandel__branches') }}
),

suppliers as (
    select * from {{ ref('prohandel__suppliers') }}
),

connections as (
    select * from {{ ref('stg_prohandel__connections') }}
),

final as (
    select
        orders.*,
        coalesce(sizes.sku, orders.article_number || '/' || orders.article_size_number) as sku,
        {{ record_id('branches.branch_number', 'branches.connection_id') }} as location,
        coalesce(suppliers.currency, connections.currency) as currency
    from orders
    inner join connections
        on orders.tenant_id = connections.tenant_id
        and orders.connection_id = connections.connection_id
    left join sizes
        on orders.tenant_id = sizes.tenant_id
        and orders.connection_id = sizes.connection_id
        and orders.article_number = sizes.article_number
        and orders.article_size_number = sizes.article_size_number
    left join branches
        on orders.tenant_id = branches.tenant_id
        and orders.connection_id = branches.connection_id
        and orders.branch_number = branches.branch_number
    left join suppliers
        on orders.tenant_id = suppliers.tenant_id
        and orders.connection_id = suppliers.connection_id
        and orders.supplier_number = suppliers.source_supplier_id
)

select * from final
