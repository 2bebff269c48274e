-- Which campaign an order came from: the one that the visit before it names, by number or by name; else the platform alone,
-- where the visit was paid for, or came by a letter of a known platform. A name that two campaigns have names none; nor does
-- the name of an ad campaign in a visit from elsewhere, such as a newsletter of the same name.
with visits as (
    select * from {{ ref('core_order_visits') }}
),

campaigns as (
    select * from {{ ref('core_campaigns') }}
),

marks as (
    select * from {{ ref('core_campaign_marks') }}
),

named as (
    select
        tenant_id,
        source as platform,
        coalesce(role, 'ads') as role,
        campaign_id,
        {{ campaign_key('source_campaign_id') }} as named_as,
        'id' as matched_by
    from campaigns
    union all
    select
        tenant_id,
        source as platform,
        coalesce(role, 'ads') as role,
        campaign_id,
        {{ campaign_key('name') }} as named_as,
        'name' as matched_by
    from campaigns
    union all
    select
        campaigns.tenant_id,
        campaigns.source as platform,
        coalesce(campaigns.role, 'ads') as role,
        campaigns.campaign_id,
        {{ campaign_key('marks.mark') }} as named_as,
        marks.mark_type as matched_by
    from marks
    inner join campaigns
        on marks.campaign_id = campaigns.campaign_id
        and marks.tenant_id = campaigns.tenant_id
),

told_apart as (
    select
        tenant_id,
        named_as,
        min(platform) as platform,
        min(role) as role,
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
        min(role) as role,
        min(campaign_id) as campaign_id,
        min(matched_by) as matched_by
    from named
    where named_as <> ''
    group by tenant_id, platform, named_as
    having count(distinct campaign_id) = 1
),

in_messages as (
    select
        tenant_id,
        named_as,
        min(platform) as platform,
        min(campaign_id) as campaign_id,
        min(matched_by) as matched_by
    from named
    where named_as <> '' and role = 'messages'
    group by tenant_id, named_as
    having count(distinct campaign_id) = 1
),

addressed as (
    select
        visits.tenant_id,
        visits.order_id,
        visits.click_type,
        visits.utm_source,
        {{ campaign_key('visits.utm_campaign') }} as named_as,
        {{ ad_platform('visits') }} as ad_platform,
        {{ message_platform('visits') }} as message_platform,
        {{ is_from_message('visits') }} as is_from_message
    from visits
),

marked as (
    select
        *,
        coalesce(ad_platform, message_platform) as platform,
        {{ told_number('named_as') }} as numbered_as
    from addressed
),

joined as (
    select
        marked.tenant_id,
        marked.order_id,
        coalesce(
            on_platforms.platform, numbered.platform, in_messages.platform, told_apart.platform, marked.platform
        ) as platform,
        coalesce(
            on_platforms.role,
            numbered.role,
            case when in_messages.campaign_id is not null then 'messages' end,
            told_apart.role,
            case when marked.ad_platform is null then 'messages' else 'ads' end
        ) as role,
        coalesce(
            on_platforms.campaign_id, numbered.campaign_id, in_messages.campaign_id, told_apart.campaign_id
        ) as campaign_id,
        coalesce(
            on_platforms.matched_by,
            numbered.matched_by,
            in_messages.matched_by,
            told_apart.matched_by,
            case when marked.click_type in ('gclid', 'gbraid', 'wbraid') then 'click' else 'source' end
        ) as matched_by
    from marked
    left join on_platforms
        on marked.platform = on_platforms.platform
        and marked.named_as = on_platforms.named_as
        and marked.tenant_id = on_platforms.tenant_id
    left join told_apart as numbered
        on marked.numbered_as = numbered.named_as
        and marked.numbered_as <> marked.named_as
        and numbered.matched_by = 'id'
        and coalesce(marked.platform, numbered.platform) = numbered.platform
        and marked.tenant_id = numbered.tenant_id
    left join in_messages
        on marked.named_as = in_messages.named_as
        and marked.platform is null
        and marked.is_from_message
        and marked.tenant_id = in_messages.tenant_id
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
        role,
        campaign_id,
        matched_by
    from joined
    where platform is not null
)

select * from final
