with movements as (
    select * from {{ ref('commercetools__movements') }}
    where not is_deleted
),

final as (
    select
        tenant_id,
        connection_id,
        'commercetools' as source,
        {{ record_id('transaction_id') }} as payment_id,
        {{ record_id('order_id') }} as order_id,
        cast(null as {{ contract_type('text') }}) as parent_payment_id,
        case type
            when 'Authorization' then 'authorization'
            when 'CancelAuthorization' then 'void'
            when 'Charge' then 'capture'
            when 'Refund' then 'refund'
            when 'Chargeback' then 'chargeback'
            else 'other'
        end as kind,
        case state when 'Success' then 'success' when 'Failure' then 'failure' else 'pending' end as status,
        gateway,
        happened_at as processed_at,
        {{ minor_units('amount_cents', 'fraction_digits') }} as amount,
        cast(null as {{ contract_type('money') }}) as fee,
        currency,
        false as is_test,
        synced_at
    from movements
)

select {{ conform('payments') }} from final
