with source as (
    select * from {{ source('mailchimp', 'reports') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        campaign_id,
        automation_id,
        list_id,
        -- strings
        type,
        title,
        subject_line,
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
        -- timestamps
        sent_at,
        last_open_at,
        last_click_at,
        _synced_at as synced_at
    from source
)

select * from renamed
