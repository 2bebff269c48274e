{{ config(post_hook="delete from {{ ref('core_day_changes') }}") }}

-- One row: the definitions that all tables of this build follow. Written last; while it is missing or differs, everything
-- is built anew.
-- depends_on: {{ ref('core_order_states') }}
-- depends_on: {{ ref('core_rate_states') }}
-- depends_on: {{ ref('core_title_states') }}
-- depends_on: {{ ref('core_order_cost_states') }}
-- depends_on: {{ ref('core_goods_cost_states') }}
-- depends_on: {{ ref('core_profit_setting_states') }}
select cast('{{ definition() if execute }}' as {{ contract_type('text') }}) as definition
