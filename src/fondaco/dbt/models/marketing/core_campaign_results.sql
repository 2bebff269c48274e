-- What the orders brought that came from each campaign, of advertising or of messages, on the day on which they were
-- placed. The campaign is null for orders of which only the platform is known.
with order_campaigns as (
    select * from {{ ref('core_order_campaigns') }}
),

ledger as (
    select * from {{ ref('profit_ledger') }}
),

orders as (
    select * from {{ ref('orders') }}
),

earned as (
    select
        ledger.tenant_id,
        ledger.order_id,
        sum(ledger.net_sales) as net_sales,
        sum({{ margin_before_marketing('ledger') }}) as contribution_margin_2
    from ledger
    inner join order_campaigns
        on ledger.order_id = order_campaigns.order_id
        and ledger.tenant_id = order_campaigns.tenant_id
    group by ledger.tenant_id, ledger.order_id
),

final as (
    select
        order_campaigns.tenant_id,
        order_campaigns.role,
        order_campaigns.platform,
        order_campaigns.campaign_id,
        orders.order_date,
        count(orders.order_sequence) as attributed_orders,
        count(case when orders.customer_type = 'new' then orders.order_sequence end) as attributed_new_customers,
        sum(earned.net_sales) as attributed_revenue,
        sum(earned.contribution_margin_2) as attributed_contribution_margin_2
    from order_campaigns
    inner join orders
        on order_campaigns.order_id = orders.order_id
        and order_campaigns.tenant_id = orders.tenant_id
    inner join earned
        on order_campaigns.order_id = earned.order_id
        and order_campaigns.tenant_id = earned.tenant_id
    group by
        order_campaigns.tenant_id,
        order_campaigns.role,
        order_campaigns.platform,
        order_campaigns.campaign_id,
        orders.order_date
)

select * from final
