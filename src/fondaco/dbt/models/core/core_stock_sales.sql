{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='append_new_columns',
    pre_hook="{{ forget_changed_days() }}"
) }}

-- Pieces that sales took from stock and that came back, by both days. Of shops' days on which nothing changed they stand.
with ledger as (
    {{ filtered_ledger(only_changed_days()) }}
),

pieces as (
    select
        tenant_id,
        connection_id,
        channel,
        variant_id,
        sku,
        event_date,
        order_date,
        {{ pieces_out() }} as units_out,
        {{ pieces_back_told() }} as units_back,
        {{ pieces_back_untold() }} as units_back_untold
    from ledger
    where line_type = 'product'
),

final as (
    select
        tenant_id,
        connection_id,
        channel,
        variant_id,
        sku,
        event_date,
        order_date,
        cast(sum(units_out) as bigint) as units_out,
        cast(sum(units_back) as bigint) as units_back,
        cast(sum(units_back_untold) as bigint) as units_back_untold
    from pieces
    where units_out <> 0 or units_back <> 0 or units_back_untold <> 0
    group by tenant_id, connection_id, channel, variant_id, sku, event_date, order_date
)

select * from final
