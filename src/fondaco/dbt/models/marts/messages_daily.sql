{{ config(tags=['profit']) }}

{%- set money = contract_type('money') %}
-- Messages on the account's day of the send, with all that became of them; orders on their own. A day with messages and no
-- order is there, and so is one with orders and no message.
with figures as (
    select * from {{ ref('core_message_figures') }}
),

rates as (
    select * from {{ ref('core_exchange_rates_daily') }}
),

order_campaigns as (
    select * from {{ ref('core_order_campaigns') }}
    where role = 'messages'
),

ledger as (
    select * from {{ ref('profit_ledger') }}
),

orders as (
    select * from {{ ref('orders') }}
),

campaigns as (
    select * from {{ ref('core_campaigns') }}
),

reporting as (
    select
        tenant_id,
        min(reporting_currency) as currency
    from {{ ref('core_connections') }}
    group by tenant_id
),

sent as (
    select
        figures.tenant_id,
        figures.source as platform,
        figures.campaign_id,
        figures.send_date as message_date,
        sum(figures.sent) as sent,
        sum(figures.delivered) as delivered,
        sum(figures.opened) as opened,
        sum(figures.clicked) as clicked,
        sum(figures.bounced) as bounced,
        sum(figures.unsubscribed) as unsubscribed,
        sum(figures.marked_spam) as marked_spam,
        sum(case when figures.opened is not null then figures.delivered end) as openable,
        sum(case when figures.opened is not null then figures.clicked end) as openable_clicked,
        sum(case when figures.cost is null then figures.sent end) as unpriced,
        sum(figures.claimed_conversions) as claimed_conversions,
        sum({{ converted('figures.claimed_revenue', 'rates.exchange_rate') }}) as claimed_revenue,
        sum({{ converted('figures.cost', 'rates.exchange_rate') }}) as cost
    from figures
    left join rates
        on figures.currency = rates.currency
        and figures.send_date = rates.rate_date
        and figures.tenant_id = rates.tenant_id
    group by figures.tenant_id, figures.source, figures.campaign_id, figures.send_date
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

brought as (
    select
        order_campaigns.tenant_id,
        order_campaigns.platform,
        order_campaigns.campaign_id,
        orders.order_date as message_date,
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
    group by order_campaigns.tenant_id, order_campaigns.platform, order_campaigns.campaign_id, orders.order_date
),

joined as (
    select
        coalesce(sent.tenant_id, brought.tenant_id) as tenant_id,
        coalesce(sent.platform, brought.platform) as platform,
        coalesce(sent.campaign_id, brought.campaign_id) as campaign_id,
        coalesce(sent.message_date, brought.message_date) as message_date,
        sent.sent,
        sent.delivered,
        sent.opened,
        sent.clicked,
        sent.bounced,
        sent.unsubscribed,
        sent.marked_spam,
        sent.openable,
        sent.openable_clicked,
        sent.unpriced,
        sent.claimed_conversions,
        sent.claimed_revenue,
        sent.cost,
        brought.attributed_orders,
        brought.attributed_new_customers,
        brought.attributed_revenue,
        brought.attributed_contribution_margin_2
    from sent
    full outer join brought
        on sent.campaign_id = brought.campaign_id
        and sent.message_date = brought.message_date
        and sent.tenant_id = brought.tenant_id
),

final as (
    select
        joined.tenant_id,
        joined.message_date,
        joined.platform,
        joined.campaign_id,
        campaigns.name as campaign_name,
        campaigns.campaign_type as message_type,
        campaigns.connection_id,
        reporting.currency,
        {%- for figure in ['sent', 'delivered', 'opened', 'clicked', 'bounced', 'unsubscribed', 'marked_spam', 'openable',
            'openable_clicked', 'unpriced'] %}
        cast(coalesce(joined.{{ figure }}, 0) as bigint) as {{ figure }},
        {%- endfor %}
        cast(coalesce(joined.claimed_conversions, 0) as {{ contract_type('rate') }}) as claimed_conversions,
        cast(coalesce(joined.claimed_revenue, 0) as {{ money }}) as claimed_revenue,
        cast(coalesce(joined.cost, 0) as {{ money }}) as message_cost,
        cast(coalesce(joined.attributed_orders, 0) as bigint) as attributed_orders,
        cast(coalesce(joined.attributed_new_customers, 0) as bigint) as attributed_new_customers,
        cast(coalesce(joined.attributed_revenue, 0) as {{ money }}) as attributed_revenue,
        cast(
            coalesce(joined.attributed_contribution_margin_2, 0) as {{ money }}
        ) as attributed_contribution_margin_2
    from joined
    inner join reporting on joined.tenant_id = reporting.tenant_id
    left join campaigns
        on joined.campaign_id = campaigns.campaign_id
        and joined.tenant_id = campaigns.tenant_id
)

select * from final
order by message_date, platform, campaign_id
