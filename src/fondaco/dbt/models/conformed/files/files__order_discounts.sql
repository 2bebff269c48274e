with lines as (
    select * from {{ ref('files__lines') }}
),

totals as (
    select * from {{ ref('stg_files__order_totals') }}
),

discounted as (
    select
        tenant_id,
        connection_id,
        order_id,
        sum(discounts) as amount,
        min(currency) as currency,
        max(synced_at) as synced_at
    from lines
    where not is_return and discounts <> 0
    group by tenant_id, connection_id, order_id
),

final as (
    select
        discounted.tenant_id,
        discounted.connection_id,
        'files' as source,
        discounted.order_id || ':discount' as order_discount_id,
        discounted.order_id,
        upper(totals.discount_code) as code,
        totals.discount_code as title,
        case when totals.discount_code is not null then 'code' else 'manual' end as discount_type,
        discounted.amount,
        discounted.currency,
        discounted.synced_at
    from discounted
    inner join totals
        on discounted.tenant_id = totals.tenant_id
        and discounted.connection_id = totals.connection_id
        and discounted.order_id = {{ record_id('totals.order_id', 'totals.connection_id') }}
)

select {{ conform('order_discounts') }} from final
