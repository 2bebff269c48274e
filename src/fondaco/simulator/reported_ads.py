"""What an advertising platform says at this moment, in SQL over the world's tables.

Parameters: platform, first and last (ISO days of the account), now (naive, UTC). A day that runs has the part of its figures
that has passed; spend is as first reported until it settles; rows that the platform takes back are gone from then on.
"""

from __future__ import annotations

REPORTED_DAYS = """
with known as (
    select d.*, least(
        (epoch_us($now::timestamp) - epoch_us(d.begins_at))::double / (epoch_us(d.ends_at) - epoch_us(d.begins_at)), 1.0
    ) as passed
    from ad_days as d
    where d.platform = $platform and d.day between $first and $last and d.begins_at <= $now
        and (d.vanishes_at is null or d.vanishes_at > $now)
), clicked as (
    select t.unit_id, strftime(timezone(a.time_zone, timezone('UTC', t.touched_at)), '%Y-%m-%d') as day, count(*) as clicks
    from ad_touches as t inner join ad_accounts as a using (platform)
    where t.platform = $platform and t.kind = 'click' and t.touched_at <= $now
    group by all
), reported as (
    select known.campaign_id, known.ad_group_id, known.ad_id, known.unit_id, known.day,
        greatest(floor(known.impressions * passed)::bigint, coalesce(clicked.clicks, 0)) as impressions,
        greatest(floor(known.reach * passed)::bigint, least(coalesce(clicked.clicks, 0), 1)) as reach,
        greatest(floor(known.clicks * passed)::bigint, coalesce(clicked.clicks, 0)) as clicks,
        greatest(floor(known.link_clicks * passed)::bigint, coalesce(clicked.clicks, 0)) as link_clicks,
        floor(case when known.settles_at > $now then known.first_spend else known.spend end * passed)::bigint as spend
    from known left join clicked on known.unit_id = clicked.unit_id and known.day = clicked.day
)
select * from reported where impressions > 0 or spend > 0 order by day, unit_id
"""

CLAIMS = """
select t.unit_id, strftime(timezone(a.time_zone, timezone('UTC', t.touched_at)), '%Y-%m-%d') as day, t.kind,
    ((epoch_us(t.converted_at) - epoch_us(t.touched_at)) // 1000000)::bigint as lag_seconds, t.credit, t.value, t.keyword_id,
    strftime(timezone(a.time_zone, timezone('UTC', t.converted_at)), '%Y-%m-%d') as converted_day, t.order_id
from ad_touches as t inner join ad_accounts as a using (platform)
where t.platform = $platform and t.reported_at <= $now
    and strftime(timezone(a.time_zone, timezone('UTC', t.touched_at)), '%Y-%m-%d') between $first and $last
order by day, unit_id, order_id
"""
