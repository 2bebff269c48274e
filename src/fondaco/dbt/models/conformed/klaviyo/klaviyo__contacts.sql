-- Who consented and is suppressed, as after a hard bounce, may not be written to: unsubscribed. Klaviyo bills active
-- profiles, those with an address that may be written to; who never subscribed is one of them.
with profiles as (
    select * from {{ ref('stg_klaviyo__profiles') }}
),

deletions as (
    select * from {{ ref('stg_klaviyo__tombstones') }}
    where stream = 'profiles'
),

present as (
    select
        profiles.*,
        deletions.record_id is not null as is_deleted,
        greatest(profiles.synced_at, coalesce(deletions.synced_at, profiles.synced_at)) as known_at
    from profiles
    left join deletions
        on profiles.tenant_id = deletions.tenant_id
        and profiles.connection_id = deletions.connection_id
        and profiles.profile_id = deletions.record_id
        and profiles.synced_at <= deletions.synced_at
),

final as (
    select
        tenant_id,
        connection_id,
        'klaviyo' as source,
        {{ record_id('profile_id') }} as contact_id,
        profile_id as source_contact_id,
        email,
        phone,
        first_name,
        last_name,
        case
            when email_consent = 'SUBSCRIBED' and not coalesce(can_receive_email, true) then 'unsubscribed'
            else lower(email_consent)
        end as email_consent,
        case
            when email_consent = 'SUBSCRIBED' and not coalesce(can_receive_email, true) then updated_at
            else email_consent_at
        end as email_consent_at,
        lower(sms_consent) as sms_consent,
        sms_consent_at,
        case
            when email is null then 0
            when coalesce(email_consent, '') = 'UNSUBSCRIBED' or not coalesce(can_receive_email, true) then 0
            else 1
        end as billed_contacts,
        case
            when phone is null then 0
            when coalesce(sms_consent, '') = 'UNSUBSCRIBED' or not coalesce(can_receive_sms, true) then 0
            else 1
        end as billed_sms_contacts,
        created_at,
        updated_at,
        is_deleted,
        known_at as synced_at
    from present
)

select {{ conform('contacts') }} from final
