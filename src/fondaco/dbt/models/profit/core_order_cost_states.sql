-- What each order cost as a whole, as this build has seen it; the next one compares with it. Written after the ledger of
-- profit.
-- depends_on: {{ ref('profit_ledger') }}
select * from {{ ref('core_order_costs') }}
