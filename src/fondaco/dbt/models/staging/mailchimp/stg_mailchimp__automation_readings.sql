with source as (
    select * from {{ source('mailchimp', 'automation_readings') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        email_id,
        automation_id,
        -- strings
        currency,
        -- numerics
        emails_sent,
        hard_bounces,
        soft_bounces,
        syntax_errors,
        opens,
        unique_opens,
        clicks,
        unique_clicks,
        unique_subscriber_clicks,
        unsubscribes,
        abuse_reports,
        forwards,
        orders,
        order_totals,
        revenue,
        -- dates
        read_on,
        -- timestamps
        last_open_at,
        last_click_at,
        _synced_at as synced_at
    from source
)

select * from renamed
