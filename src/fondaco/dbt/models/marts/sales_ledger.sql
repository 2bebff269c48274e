{{ config(materialized='view') }}

-- A view: all of it stands in core.sales_events, in the shop's currency. What is published is a table.
{{ sales_ledger() }}
