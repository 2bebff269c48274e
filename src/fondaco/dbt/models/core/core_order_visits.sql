{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    pre_hook="{{ forget_changed('core_order_changes') }}"
) }}

with visits as (
{{ unite('order_visits') }}
),

final as (
    select * from visits
    {{ only_changed('core_order_changes') }}
)

select * from final
