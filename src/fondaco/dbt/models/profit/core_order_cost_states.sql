{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    pre_hook="{{ forget_changed('core_profit_changes') }}"
) }}

-- What each order cost as a whole, as this build has seen it; the next one compares with it. Written after the ledger of
-- profit.
-- depends_on: {{ ref('profit_ledger') }}
-- depends_on: {{ ref('core_unpublished_orders') }}
select * from {{ ref('core_order_costs') }}
{{ only_changed('core_profit_changes') }}
