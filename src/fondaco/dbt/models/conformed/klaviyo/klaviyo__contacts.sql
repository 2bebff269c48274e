with profiles as (
    select * from {{ ref('stg_klaviyo__profiles') }}
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
        lower(email_consent) as email_consent,
        email_consent_at,
        lower(sms_consent) as sms_consent,
        sms_consent_at,
        created_at,
        updated_at,
        false as is_deleted,
        synced_at
    from profiles
)

select {{ conform('contacts') }} from final
