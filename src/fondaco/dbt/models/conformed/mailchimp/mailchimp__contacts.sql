-- One contact per address, whatever audiences it is in: subscribed where it is in one of them. Who they are is told
-- by the audience in which they changed last. Mailchimp bills it once for each audience that it has not been cleaned or
-- archived in, nor deleted from; whom consent is waited for it does not bill.
with members as (
    select * from {{ ref('stg_mailchimp__members') }}
),

deletions as (
    select * from {{ ref('stg_mailchimp__tombstones') }}
    where stream = 'members'
),

present as (
    select
        members.*,
        deletions.record_id is not null as is_deleted,
        greatest(members.synced_at, coalesce(deletions.synced_at, members.synced_at)) as known_at
    from members
    left join deletions
        on members.tenant_id = deletions.tenant_id
        and members.connection_id = deletions.connection_id
        and members.list_member_id = deletions.record_id
        and members.synced_at <= deletions.synced_at
),

placed as (
    select
        *,
        row_number() over (
            partition by tenant_id, connection_id, member_id
            order by is_deleted asc, last_changed_at desc, list_member_id asc
        ) as place
    from present
),

summed as (
    select
        tenant_id,
        connection_id,
        member_id,
        max(case when place = 1 then email end) as email,
        max(case when place = 1 then phone end) as phone,
        max(case when place = 1 then first_name end) as first_name,
        max(case when place = 1 then last_name end) as last_name,
        max(case when status = 'subscribed' and not is_deleted then 1 else 0 end) as is_subscribed,
        max(case when status in ('unsubscribed', 'cleaned', 'archived') and not is_deleted then 1 else 0 end) as has_left,
        min(case when status = 'subscribed' and not is_deleted then coalesce(opted_in_at, signed_up_at) end) as joined_at,
        max(case when status in ('unsubscribed', 'cleaned', 'archived') then last_changed_at end) as left_at,
        min(coalesce(signed_up_at, opted_in_at, last_changed_at)) as created_at,
        max(last_changed_at) as updated_at,
        sum(
            case when status in ('subscribed', 'unsubscribed', 'transactional') and not is_deleted then 1 else 0 end
        ) as billed_contacts,
        min(case when is_deleted then 1 else 0 end) as is_gone,
        max(known_at) as synced_at
    from placed
    group by tenant_id, connection_id, member_id
),

final as (
    select
        tenant_id,
        connection_id,
        'mailchimp' as source,
        {{ record_id('member_id') }} as contact_id,
        member_id as source_contact_id,
        email,
        phone,
        first_name,
        last_name,
        case
            when is_subscribed = 1 then 'subscribed'
            when has_left = 1 then 'unsubscribed'
            else 'never_subscribed'
        end as email_consent,
        case
            when is_subscribed = 1 then joined_at
            when has_left = 1 then left_at
        end as email_consent_at,
        cast(null as {{ contract_type('text') }}) as sms_consent,
        cast(null as {{ contract_type('timestamp') }}) as sms_consent_at,
        billed_contacts,
        case when phone is null then 0 else billed_contacts end as billed_sms_contacts,
        created_at,
        updated_at,
        is_gone = 1 as is_deleted,
        synced_at
    from summed
)

select {{ conform('contacts') }} from final
