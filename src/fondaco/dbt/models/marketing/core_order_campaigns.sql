-- Which campaign an order came from: the one that the visit before it names, by number or by name; else the platform alone,
-- where the visit was paid for. A name that two campaigns have names none; nor does the name in a visit from elsewhere, such
-- as a newsletter of the same name.
with visits as (
    select * from {{ ref('core_order_visits') }}
),

campaigns as (
    select * from {{ ref('core_campaigns') }}
),

named as (
    select
        tenant_id,
        source as platform,
        campaign_id,
        {{ campaign_key('source_campaign_id') }} as named_as,
        'id' as matched_by
    from campaigns
    union all
    select
        tenant_id,
        source as platform,
        campaign_id,
        {{ campaign_key('name') }} as named_as,
        'name' as matched_by
    from campaigns
),

told_apart as (
    select
        tenant_id,
        named_as,
        min(platform) as platform,
        min(campaign_id) as campaign_id,
        min(matched_by) as matched_by
    from named
    where named_as <> ''
    group by tenant_id, named_as
    having count(distinct campaign_id) = 1
),

on_platforms as (
    select
        tenant_id,
        platform,
        named_as,
        min(campaign_id) as campaign_id,
        min(matched_by) as matched_by
    from named
    where named_as <> ''
    group by tenant_id, platform, named_as
    having count(distinct campaign_id) = 1
),

marked as (
    select
        visits.tenant_id,
        visits.order_id,
        visits.click_type,
        visits.utm_source,
        {{ campaign_key('visits.utm_campaign') }} as named_as,
        {{ ad_platform('visits') }} as platform
    from visits
),

joined as (
    select
        marked.tenant_id,
        marked.order_id,
        coalesce(on_platforms.platform, told_apart.platform, marked.platform) as platform,
        coalesce(on_platforms.campaign_id, told_apart.campaign_id) as campaign_id,
        coalesce(
            on_platforms.matched_by,
            told_apart.matched_by,
            case when marked.click_type in ('gclid', 'gbraid', 'wbraid') then 'click' else 'source' end
        ) as matched_by
    from marked
    left join on_platforms
        on marked.platform = on_platforms.platform
        and marked.named_as = on_platforms.named_as
        and marked.tenant_id = on_platforms.tenant_id
    left join told_apart
        on marked.named_as = told_apart.named_as
        and marked.platform is null
        and (told_apart.matched_by = 'id' or marked.utm_source is null)
        and marked.tenant_id = told_apart.tenant_id
),

final as (
    select
        tenant_id,
        order_id,
        platform,
        campaign_id,
        matched_by
    from joined
    where platform is not null
)

select * from final
