{{ config(tags=['profit'], materialized='view') }}

-- A view, as the ledger of sales is: what is published is a table. Order clock: all that an order brought and cost, whenever
-- it did.
{{ order_profit() }}
