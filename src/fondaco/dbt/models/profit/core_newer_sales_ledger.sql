{{ config(materialized='view') }}

-- What is published of sales_ledger where only orders that changed are: filtered before it is worked out.
-- depends_on: {{ ref('core_unpublished_orders') }}
{{ sales_ledger(only_unpublished()) }}
