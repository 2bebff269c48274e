{{ config(materialized='view') }}

-- What is published of order_profit where only orders that changed are: filtered before it is worked out.
-- depends_on: {{ ref('core_unpublished_orders') }}
{{ order_profit(only_unpublished()) }}
