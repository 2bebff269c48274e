-- What things cost, as this build has seen it; the next one compares with it. Written after the ledger of profit.
-- depends_on: {{ ref('profit_ledger') }}
select * from {{ ref('core_goods_costs') }}
