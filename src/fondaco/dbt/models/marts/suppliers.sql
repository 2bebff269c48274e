{{ config(tags=['each_run']) }}

-- How suppliers deliver, by all lines of purchase orders that are known of them; a line counts once, whatever its pieces.
with suppliers as (
{{ unite('suppliers') }}
),

lines as (
    select * from {{ ref('core_purchase_lines') }}
    where status <> 'cancelled'
),

-- Each article's cost beside that of its first order: their mean is the drift, by articles that were ordered on two days
-- or more.
costs as (
    select
        tenant_id,
        supplier_id,
        sku,
        ordered_date,
        avg(unit_cost) as unit_cost
    from lines
    where unit_cost > 0
    group by tenant_id, supplier_id, sku, ordered_date
),

ranked as (
    select
        *,
        row_number() over (partition by tenant_id, supplier_id, sku order by ordered_date) as from_first,
        row_number() over (partition by tenant_id, supplier_id, sku order by ordered_date desc) as from_last
    from costs
),

moved as (
    select
        tenant_id,
        supplier_id,
        sku,
        cast(max(case when from_last = 1 then unit_cost end) as double precision)
        / cast(max(case when from_first = 1 then unit_cost end) as double precision) - 1 as drift
    from ranked
    group by tenant_id, supplier_id, sku
    having count(*) > 1
),

drifts as (
    select
        tenant_id,
        supplier_id,
        avg(drift) as price_drift
    from moved
    group by tenant_id, supplier_id
),

delivered as (
    select
        tenant_id,
        supplier_id,
        count(distinct purchase_order_id) as purchase_orders,
        count(*) as order_lines,
        count(case when received_quantity = 0 then 1 end) as open_lines,
        max(ordered_date) as last_ordered_date,
        -- What came beyond what was ordered makes up for nothing that is lacking elsewhere.
        cast(sum(case when received_quantity > 0 then least(received_quantity, quantity) end) as double precision)
        / nullif(sum(case when received_quantity > 0 then quantity end), 0) as fill_rate,
        avg(cast(lead_time_days as double precision)) as lead_time_mean,
        stddev_samp(cast(lead_time_days as double precision)) as lead_time_spread,
        count(lead_time_days) as lead_times,
        cast(count(case when is_late then 1 end) as double precision) / nullif(count(is_late), 0) as late_share
    from lines
    group by tenant_id, supplier_id
),

final as (
    select
        suppliers.tenant_id,
        suppliers.supplier_id,
        suppliers.name as supplier_name,
        suppliers.currency as supplier_currency,
        suppliers.lead_time_days as promised_lead_time,
        suppliers.minimum_order_value,
        cast(coalesce(delivered.purchase_orders, 0) as bigint) as purchase_orders,
        cast(coalesce(delivered.order_lines, 0) as bigint) as purchase_lines,
        cast(coalesce(delivered.open_lines, 0) as bigint) as open_lines,
        delivered.last_ordered_date,
        delivered.fill_rate,
        delivered.lead_time_mean,
        delivered.lead_time_spread,
        cast(coalesce(delivered.lead_times, 0) as bigint) as lead_times,
        delivered.late_share,
        drifts.price_drift
    from suppliers
    left join delivered
        on suppliers.supplier_id = delivered.supplier_id
        and suppliers.tenant_id = delivered.tenant_id
    left join drifts
        on suppliers.supplier_id = drifts.supplier_id
        and suppliers.tenant_id = drifts.tenant_id
)

select * from final
