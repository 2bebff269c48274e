-- What things cost, as this build has seen it; the next one compares with it. Written after the ledger of profit.
-- depends_on: {{ ref('profit_ledger') }}
-- depends_on: {{ ref('core_unpublished_orders') }}
select * from {{ ref('core_goods_costs') }}
