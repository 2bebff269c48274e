-- Amounts of transactions, by what they are. A deferred transaction and the one that releases it are the same money: the
-- first one counts, on its own day.
with amounts as (
    select * from {{ ref('stg_amazon__transaction_amounts') }}
),

transactions as (
    select * from {{ ref('stg_amazon__transactions') }}
),

items as (
    select * from {{ ref('stg_amazon__order_items') }}
),

single_skus as (
    select
        tenant_id,
        connection_id,
        order_id,
        sku,
        min(order_item_id) as order_item_id
    from items
    where sku is not null
    group by tenant_id, connection_id, order_id, sku
    having count(*) = 1
),

joined as (
    select
        amounts.tenant_id,
        amounts.connection_id,
        amounts.transaction_id,
        amounts.position,
        amounts.item,
        transactions.order_id,
        coalesce(items.order_item_id, single_skus.order_item_id) as order_item_id,
        amounts.sku,
        amounts.quantity,
        amounts.amount,
        amounts.currency,
        transactions.transaction_type,
        transactions.transaction_status,
        transactions.marketplace_id,
        transactions.posted_at,
        regexp_replace(amounts.path, '^(Refunded )?(Sales|Expenses)/', '') as path,
        greatest(amounts.synced_at, transactions.synced_at) as synced_at
    from amounts
    inner join transactions
        on amounts.tenant_id = transactions.tenant_id
        and amounts.connection_id = transactions.connection_id
        and amounts.transaction_id = transactions.transaction_id
    left join transactions as deferred
        on transactions.tenant_id = deferred.tenant_id
        and transactions.connection_id = deferred.connection_id
        and transactions.deferred_transaction_id = deferred.transaction_id
    left join items
        on transactions.tenant_id = items.tenant_id
        and transactions.connection_id = items.connection_id
        and transactions.order_id = items.order_id
        and amounts.item_id = items.order_item_id
    left join single_skus
        on transactions.tenant_id = single_skus.tenant_id
        and transactions.connection_id = single_skus.connection_id
        and transactions.order_id = single_skus.order_id
        and amounts.sku = single_skus.sku
    where deferred.transaction_id is null
),

-- The discount that a fee has (Promo) is the fee's, under its name.
named as (
    select
        *,
        path like '%/Tax' as is_tax_of_fee,
        regexp_replace(regexp_replace(path, '(/(Base|Tax|Promo))+$', ''), '^.*/', '') as name
    from joined
),

final as (
    select
        *,
        case
            when path like 'AmazonFees%' or path like 'FBAFees%' then 'fee'
            when lower(transaction_type) in (
                'servicefee', 'productadspayment', 'sellerdealpayment', 'couponpayment', 'imagingservicesfee'
            ) then 'fee'
            when path like '%Withheld%' or name like 'MarketplaceFacilitator%' or name like 'LowValueGoodsTax%'
                then 'withheld'
            -- Delivery that costs the buyer nothing is a charge, and a discount that stands with the other ones.
            when name like '%ShippingTaxDiscount' then 'shipping_tax'
            when name like '%ShippingDiscount' then 'shipping'
            when path like 'Tax/Shipping%' then 'shipping_tax'
            when path like 'Tax%' then 'tax'
            when path like 'Shipping%' then 'shipping'
            else 'goods'
        end as part
    from named
)

select * from final
