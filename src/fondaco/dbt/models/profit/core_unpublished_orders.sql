{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='append_new_columns') }}

-- Orders of which any mart was built anew since all marts were published. Builds only add to it; publishing empties it and
-- notes, in a row of its own, which version has all that is not named here. A whole build makes it anew, without that row:
-- then all has to be published.
select
    tenant_id,
    order_id,
    cast(null as {{ contract_type('text') }}) as version
from {{ ref('core_mart_changes') }}
union
select
    tenant_id,
    order_id,
    cast(null as {{ contract_type('text') }}) as version
from {{ ref('core_profit_changes') }}
