{{ config(severity='warn') }}

-- What an order brought when it was placed is what the vendor says it came to.
with placed as (
    select
        tenant_id,
        order_id,
        sum(gross_sales - discounts + shipping + taxes + duties + additional_fees + tips + gift_card_sales) as total
    from {{ ref('core_sales_events') }}
    where event_type = 'order' and is_counted
    group by tenant_id, order_id
)

select orders.order_id
from {{ ref('core_orders') }} as orders
left join placed on orders.order_id = placed.order_id and orders.tenant_id = placed.tenant_id
where orders.is_counted and abs(orders.vendor_total - coalesce(placed.total, 0)) >= 0.01
