{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    pre_hook="{{ forget_changed('core_order_changes') }}"
) }}

with united as (
{{ unite('order_lines') }}
),

final as (
    select * from united
    {{ only_changed('core_order_changes') }}
)

select * from final
