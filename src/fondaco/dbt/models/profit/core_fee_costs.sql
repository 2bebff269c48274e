{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    pre_hook="{{ forget_changed('core_mart_changes') }}"
) }}

{%- set lines = fee_lines() %}
-- What a platform charged for each order, by the day on which it did and the row of the ledger that bears it: that of the
-- line it is told of, else all rows by their value, as they share the other costs of their order.
with fees as (
    select * from {{ ref('fees') }}
    {{ only_changed('core_mart_changes') }}
),

cost_shares as (
    select * from {{ ref('core_cost_shares') }}
    {{ only_changed('core_mart_changes') }}
),

ledger as (
    {{ filtered_ledger(only_changed('core_mart_changes')) }}
),

summed as (
    select
        tenant_id,
        order_id,
        order_line_id,
        charged_date,
        {%- for line in lines %}
        sum(case when profit_line = '{{ line }}' then amount else 0 end) as {{ line }}{{ ',' if not loop.last }}
        {%- endfor %}
    from fees
    where order_id is not null
    group by tenant_id, order_id, order_line_id, charged_date
),

sold as (
    select
        tenant_id,
        order_id,
        order_line_id,
        min(sales_event_id) as sales_event_id
    from ledger
    where
        line_type = 'product'
        and event_type = 'order'
        and (tenant_id, order_line_id) in (
            select
                summed.tenant_id,
                summed.order_line_id
            from summed
            where summed.order_line_id is not null
        )
    group by tenant_id, order_id, order_line_id
),

placed as (
    select
        summed.*,
        sold.sales_event_id
    from summed
    left join sold
        on summed.order_line_id = sold.order_line_id
        and summed.order_id = sold.order_id
        and summed.tenant_id = sold.tenant_id
),

shared as (
    select
        tenant_id,
        order_id,
        sales_event_id,
        charged_date,
        {%- for line in lines %}
        cast({{ line }} as {{ contract_type('money') }}) as {{ line }}{{ ',' if not loop.last }}
        {%- endfor %}
    from placed
    where sales_event_id is not null
    union all
    select
        placed.tenant_id,
        placed.order_id,
        cost_shares.sales_event_id,
        placed.charged_date,
        {%- for line in lines %}
        {{ cascade('placed.' ~ line, 'cost_shares.share_before', 'cost_shares.share_after') }} as {{ line }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from placed
    inner join cost_shares
        on placed.order_id = cost_shares.order_id
        and placed.tenant_id = cost_shares.tenant_id
    where placed.sales_event_id is null
),

final as (
    select
        tenant_id,
        order_id,
        sales_event_id,
        charged_date,
        {%- for line in lines %}
        {{ total(line) }} as {{ line }}{{ ',' if not loop.last }}
        {%- endfor %}
    from shared
    group by tenant_id, order_id, sales_event_id, charged_date
)

select * from final
