-- What each counted order cost as a whole, and the rates that hold for its rows; in reporting currency. Null is what no
-- entry of the cost sheet speaks of. Where a platform tells what it charged for an order, the sheet's word for that kind of
-- cost is not asked: told fees have rows of their own (core_fee_costs), as payments of other days than the order's have.
{%- set amounts = ['fulfilment', 'packaging', 'fulfilment_unit', 'marketplace_fee', 'return_handling',
    'return_handling_unit'] %}
{%- set unweighed = 'weight_from is null and weight_to is null' %}
with orders as not materialized (
    select * from {{ ref('core_order_values') }}
),

rules as not materialized (
    select * from {{ ref('core_order_rules') }}
),

marketing as (
    select
        tenant_id,
        order_id,
        sum(amount) as marketing_costs
    from {{ ref('core_marketing_shares') }}
    group by tenant_id, order_id
),

affiliates as (
    select * from {{ ref('core_affiliate_fees') }}
),

payment_costs as not materialized (
    select * from {{ ref('core_payment_costs') }}
),

later_payments as (
    select
        tenant_id,
        order_id,
        string_agg(
            cast(processed_date as varchar) || ' ' || cast(payment_costs as varchar)
            || ' ' || cast(assumed_payment_costs as varchar),
            ', ' order by processed_date
        ) as payment_costs
    from payment_costs
    where processed_date <> order_date
    group by tenant_id, order_id
),

-- Who is charged for fulfilment has others pack and carry.
told as (
    select
        tenant_id,
        order_id,
        max(case when kind = 'marketplace' then 1 else 0 end) = 1 as has_marketplace,
        max(case when kind = 'fulfilment' then 1 else 0 end) = 1 as has_fulfilment,
        max(case when kind in ('fulfilment', 'shipping') then 1 else 0 end) = 1 as has_shipping,
        max(case when kind = 'return' then 1 else 0 end) = 1 as has_return
    from {{ ref('core_fees') }}
    where order_id is not null
    group by tenant_id, order_id
),

by_place as (
    select
        tenant_id,
        place_key,
        order_date,
        {%- for kind in amounts %}
        sum(case when kind = '{{ kind }}' then amount end) as {{ kind }}_amount,
        {%- endfor %}
        max(case when kind = 'marketplace_fee' then rate end) as marketplace_fee_rate,
        max(case when kind = 'duty' then rate end) as duty_rate,
        max(case when kind = 'shipping_cost' and {{ unweighed }} then amount end) as shipping_amount,
        max(case when kind = 'shipping_cost' and {{ unweighed }} then entry_id end) as shipping_entry_id
    from rules
    group by tenant_id, place_key, order_date
),

-- Where a carrier tells weights apart: the heaviest step that the order reaches. What no shop weighs is taken to be light.
carried as (
    select
        orders.tenant_id,
        orders.order_id,
        rules.entry_id,
        rules.amount,
        row_number() over (
            partition by orders.tenant_id, orders.order_id
            order by coalesce(rules.weight_from, 0) desc, rules.entry_id
        ) as place
    from orders
    inner join rules
        on orders.place_key = rules.place_key
        and orders.order_date = rules.order_date
        and orders.tenant_id = rules.tenant_id
    where
        rules.kind = 'shipping_cost'
        and (rules.weight_from is not null or rules.weight_to is not null)
        and coalesce(orders.weight_grams, 0) >= coalesce(rules.weight_from, 0)
        and (rules.weight_to is null or coalesce(orders.weight_grams, 0) < rules.weight_to)
),

-- What was handed over in a shop, holds no goods or was cancelled was not sent; what was cancelled did not come back either.
joined as (
    select
        orders.*,
        orders.units > 0 and not coalesce(orders.is_cancelled, false)
            and coalesce(orders.channel, '') <> 'pos' as is_sent,
        coalesce(told.has_marketplace, false) as tells_marketplace,
        coalesce(told.has_fulfilment, false) as tells_fulfilment,
        coalesce(told.has_shipping, false) as tells_shipping,
        coalesce(told.has_return, false) as tells_return,
        coalesce(carried.amount, by_place.shipping_amount) as carrier_amount,
        coalesce(carried.entry_id, by_place.shipping_entry_id) as shipping_entry_id,
        payment_costs.payment_costs,
        payment_costs.assumed_payment_costs,
        payment_costs.chargebacks,
        later_payments.payment_costs as later_payment_costs,
        by_place.fulfilment_amount,
        by_place.packaging_amount,
        by_place.fulfilment_unit_amount,
        by_place.marketplace_fee_amount,
        by_place.marketplace_fee_rate,
        by_place.duty_rate,
        by_place.return_handling_amount,
        by_place.return_handling_unit_amount,
        affiliates.amount as affiliate_amount,
        affiliates.rate as affiliate_rate,
        marketing.marketing_costs as marketing_share
    from orders
    left join by_place
        on orders.place_key = by_place.place_key
        and orders.order_date = by_place.order_date
        and orders.tenant_id = by_place.tenant_id
    left join carried
        on orders.order_id = carried.order_id
        and orders.tenant_id = carried.tenant_id
        and carried.place = 1
    left join payment_costs
        on orders.order_id = payment_costs.order_id
        and orders.order_date = payment_costs.processed_date
        and orders.tenant_id = payment_costs.tenant_id
    left join later_payments
        on orders.order_id = later_payments.order_id
        and orders.tenant_id = later_payments.tenant_id
    left join affiliates
        on orders.order_id = affiliates.order_id
        and orders.tenant_id = affiliates.tenant_id
    left join told
        on orders.order_id = told.order_id
        and orders.tenant_id = told.tenant_id
    left join marketing
        on orders.order_id = marketing.order_id
        and orders.tenant_id = marketing.tenant_id
),

final as (
    select
        tenant_id,
        order_id,
        order_date,
        is_sent,
        cast(
            case when is_sent and not tells_shipping then carrier_amount end as {{ contract_type('money') }}
        ) as shipping_costs,
        case when is_sent and tells_shipping then 'fees' when is_sent then shipping_entry_id end as shipping_entry_id,
        cast(
            case when is_sent and not tells_fulfilment
                then coalesce(fulfilment_amount, 0) + coalesce(packaging_amount, 0)
                    + coalesce(fulfilment_unit_amount, 0) * units
                else 0
            end as {{ contract_type('money') }}
        ) as fulfilment_costs,
        cast(
            case when units > 0 and not tells_marketplace then coalesce(marketplace_fee_amount, 0) else 0 end
            as {{ contract_type('money') }}
        ) as marketplace_fees,
        case when tells_marketplace then 0 else coalesce(marketplace_fee_rate, 0) end as marketplace_fee_rate,
        coalesce(duty_rate, 0) as duty_rate,
        cast(
            case when coalesce(is_cancelled, false) or tells_return then 0 else coalesce(return_handling_amount, 0) end
            as {{ contract_type('money') }}
        ) as return_amount,
        cast(
            case when coalesce(is_cancelled, false) or tells_return then 0 else coalesce(return_handling_unit_amount, 0) end
            as {{ contract_type('money') }}
        ) as return_unit_amount,
        cast(
            coalesce(affiliate_amount, 0) + coalesce(marketing_share, 0) as {{ contract_type('money') }}
        ) as marketing_costs,
        coalesce(affiliate_rate, 0) as affiliate_rate,
        payment_costs,
        assumed_payment_costs,
        chargebacks,
        later_payment_costs
    from joined
)

select * from final
