with source as (
    select * from {{ source('mailchimp', 'members') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        list_member_id,
        list_id,
        member_id,
        contact_id,
        unique_email_id,
        -- strings
        email,
        first_name,
        last_name,
        phone,
        status,
        source,
        language,
        country_code,
        currency,
        marketing_permissions,
        -- numerics
        member_rating,
        average_open_rate,
        average_click_rate,
        orders,
        revenue,
        -- booleans
        is_vip,
        -- timestamps
        signed_up_at,
        opted_in_at,
        last_changed_at,
        _synced_at as synced_at
    from source
)

select * from renamed
