{#- Lines that came back, with their share of net and tax, at the refund that paid for them: the first one after the return.
    Until money has gone back, nothing has come back. -#}
with returned as (
    select *
    from {{ ref('stg_commercetools__return_items') }}
    where line_id is not null
),

refunds as (
    select distinct
        tenant_id,
        connection_id,
        order_id,
        happened_at as refunded_at
    from {{ ref('commercetools__movements') }}
    where type = 'Refund' and state = 'Success' and not is_deleted
),

paid_for as (
    select
        returned.tenant_id,
        returned.connection_id,
        returned.order_id,
        returned.line_id,
        returned.return_item_id,
        returned.quantity,
        -- Advised and Returned are where a return begins: what becomes of the goods is not decided yet.
        case returned.shipment_state
            when 'BackInStock' then returned.quantity
            when 'Unusable' then 0
        end as units_restocked,
        min(refunds.refunded_at) as refunded_at
    from returned
    inner join refunds
        on returned.tenant_id = refunds.tenant_id
        and returned.connection_id = refunds.connection_id
        and returned.order_id = refunds.order_id
        and returned.created_at <= refunds.refunded_at
    group by
        returned.tenant_id,
        returned.connection_id,
        returned.order_id,
        returned.line_id,
        returned.return_item_id,
        returned.quantity,
        returned.shipment_state
),

by_line as (
    select
        tenant_id,
        connection_id,
        order_id,
        line_id,
        refunded_at,
        sum(quantity) as units,
        case when count(units_restocked) = count(*) then sum(units_restocked) end as units_restocked
    from paid_for
    group by tenant_id, connection_id, order_id, line_id, refunded_at
),

running as (
    select
        *,
        sum(units) over (
            partition by tenant_id, connection_id, order_id, line_id
            order by refunded_at
            rows between unbounded preceding and current row
        ) as units_so_far
    from by_line
),

bounded as (
    select
        running.*,
        lines.product_id,
        lines.variant_number,
        lines.quantity,
        lines.currency,
        lines.fraction_digits,
        lines.line_net_cents,
        lines.line_tax_cents,
        lines.synced_at,
        least(running.units_so_far, lines.quantity) as units_after,
        least(running.units_so_far - running.units, lines.quantity) as units_before
    from running
    inner join {{ ref('commercetools__line_amounts') }} as lines
        on running.tenant_id = lines.tenant_id
        and running.connection_id = lines.connection_id
        and running.order_id = lines.order_id
        and running.line_id = lines.line_id
),

final as (
    select
        tenant_id,
        connection_id,
        order_id,
        line_id,
        product_id,
        variant_number,
        refunded_at,
        currency,
        fraction_digits,
        units_after - units_before as units,
        case
            when units_after = units_before then 0
            when units_restocked >= units_after - units_before then units_after - units_before
            else units_restocked
        end as units_restocked,
        {{ share_of('line_net_cents', 'units_after', 'quantity') }}
        - {{ share_of('line_net_cents', 'units_before', 'quantity') }} as net_cents,
        {{ share_of('line_tax_cents', 'units_after', 'quantity') }}
        - {{ share_of('line_tax_cents', 'units_before', 'quantity') }} as tax_cents,
        synced_at
    from bounded
    where quantity > 0
)

select * from final
