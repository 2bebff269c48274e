{{ config(materialized='view') }}

-- A view, as the ledger of sales is: what is published is a table.
with entries as (
    select * from {{ ref('core_payout_entries') }}
),

final as (
    select
        tenant_id,
        payout_entry_id,
        payout_id,
        connection_id,
        source,
        order_id,
        payment_id,
        kind,
        name,
        happened_at,
        currency,
        amount,
        fee,
        net
    from entries
)

select * from final
