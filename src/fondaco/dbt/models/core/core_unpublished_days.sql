{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='append_new_columns') }}

-- Shops' days of which sums were made anew since all marts were published. Publishing empties it.
select distinct
    tenant_id,
    connection_id,
    order_date
from {{ ref('core_day_changes') }}
