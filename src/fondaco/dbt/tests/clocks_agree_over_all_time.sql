-- Every event has one day by each clock, so that the sums over all days are the same.
{%- set figures = ledger_amounts() + ledger_units() + ['orders', 'refunds', 'refunded_amount', 'payments_received', 'payment_fees'] %}
select
    tenant_id,
    connection_id
from {{ ref('sales_daily') }}
group by tenant_id, connection_id
having
    {%- for figure in figures %}
    sum(case when clock = 'finance' then {{ figure }} else -{{ figure }} end) <> 0{{ ' or' if not loop.last }}
    {%- endfor %}
