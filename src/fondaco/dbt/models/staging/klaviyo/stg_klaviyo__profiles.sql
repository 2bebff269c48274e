with source as (
    select * from {{ source('klaviyo', 'profiles') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        profile_id,
        external_id,
        -- strings
        email,
        phone,
        first_name,
        last_name,
        email_consent,
        sms_consent,
        -- booleans
        can_receive_email,
        can_receive_sms,
        -- timestamps
        email_consent_at,
        sms_consent_at,
        created_at,
        updated_at,
        _synced_at as synced_at
    from source
)

select * from renamed
