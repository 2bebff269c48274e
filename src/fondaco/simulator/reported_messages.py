"""What a messaging platform says at this moment, in SQL over the world's tables.

Parameters: platform, first and last (ISO days of the account), now (naive, UTC). Figures belong to the day on which the message
was sent, whatever happened later, as platforms report them; so they grow for weeks. A platform claims each order within five
days after its buyer opened or clicked a message, for the last one.
"""

from __future__ import annotations

from fondaco.simulator.world.message_accounts import SMS_COST

CLAIM_DAYS = 5

_EVENTS = """
events as (
    select e.*, c.message_id, c.kind as campaign_kind, c.channel, c.name, c.message, c.platform, k.person_id,
        strftime(timezone(a.time_zone, timezone('UTC', e.sent_at)), '%Y-%m-%d') as day
    from message_events as e
    inner join message_campaigns as c using (campaign_id)
    inner join message_accounts as a using (account_id)
    inner join message_contacts as k using (contact_id)
    where c.platform = $platform and e.happened_at <= $now::timestamp
)"""

_CLAIMED = f"""
drawn as (
    select person_id, campaign_id, day, sent_at, happened_at from events
    where kind in ('opened', 'clicked') and person_id is not null
), claimed as (
    select d.campaign_id, d.day, o.order_id,
        round(o.placed_total * case o.currency
            when 'EUR' then 1.0 when 'GBP' then 1.17 when 'USD' then 0.92 else 1.0 end)::bigint as value,
        round((o.placed_total - o.placed_shipping - o.placed_tax) * case o.currency
            when 'EUR' then 1.0 when 'GBP' then 1.17 when 'USD' then 0.92 else 1.0 end)::bigint as goods
    from orders as o asof inner join drawn as d
        on o.person_id = d.person_id and o.processed_at >= d.happened_at
    where o.email is not null and not o.is_test and o.processed_at <= $now::timestamp
        and o.processed_at - d.happened_at <= interval {CLAIM_DAYS} day
)"""

REPORTED_MESSAGES = f"""
with {_EVENTS}, {_CLAIMED}, counted as (
    select campaign_id, any_value(message_id) as message_id, any_value(campaign_kind) as kind,
        any_value(channel) as channel, any_value(name) as name, any_value(message) as message, day,
        count(*) filter (where kind in ('received', 'bounced')) as sent,
        count(*) filter (where kind = 'received') as delivered,
        count(*) filter (where kind = 'opened') as openings,
        count(distinct contact_id) filter (where kind = 'opened') as opened,
        count(*) filter (where kind = 'clicked') as clicks,
        count(distinct contact_id) filter (where kind = 'clicked') as clicked,
        count(*) filter (where kind = 'bounced') as bounced,
        count(distinct contact_id) filter (where kind = 'unsubscribed') as unsubscribed,
        count(distinct contact_id) filter (where kind = 'marked_spam') as marked_spam
    from events group by campaign_id, day
), worth as (
    select campaign_id, day, count(*) as claimed_orders, sum(value)::bigint as claimed_value,
        sum(goods)::bigint as claimed_goods
    from claimed group by all
)
select counted.*, coalesce(worth.claimed_orders, 0) as claimed_orders,
    coalesce(worth.claimed_value, 0)::bigint as claimed_value,
    coalesce(worth.claimed_goods, 0)::bigint as claimed_goods,
    case when channel = 'sms' then delivered * {SMS_COST} end as cost
from counted left join worth using (campaign_id, day)
where day between $first and $last order by day, campaign_id
"""
