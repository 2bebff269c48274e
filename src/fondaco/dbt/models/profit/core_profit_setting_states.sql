-- How this build has worked out profit; the next one compares with it. Written after the ledger of profit.
-- depends_on: {{ ref('profit_ledger') }}
-- depends_on: {{ ref('core_unpublished_orders') }}
select * from {{ ref('core_profit_settings') }}
