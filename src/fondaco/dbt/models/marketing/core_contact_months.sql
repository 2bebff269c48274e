-- How many contacts each account had by the end of each month, as far as is known today: who was there by then, and still
-- is. Each counts as often as its platform bills it.
with contacts as (
{{ unite('contacts') }}
),

connections as (
    select * from {{ ref('core_connections') }}
),

months as (
    select distinct month_start_date
    from {{ ref('core_calendar') }}
),

billed as (
    select
        contacts.tenant_id,
        contacts.connection_id,
        cast(date_trunc('month', {{ local_date('contacts.created_at', 'connections.time_zone') }}) as date) as first_month,
        contacts.email is not null as has_email,
        contacts.billed_contacts,
        contacts.billed_sms_contacts
    from contacts
    inner join connections
        on contacts.connection_id = connections.connection_id
        and contacts.tenant_id = connections.tenant_id
    where not coalesce(contacts.is_deleted, false)
),

joined_in as (
    select
        tenant_id,
        connection_id,
        coalesce(first_month, {{ first_day() }}) as first_month,
        sum(billed_contacts) as contacts,
        sum(case when has_email then billed_contacts else 0 end) as email_contacts,
        sum(billed_sms_contacts) as phone_contacts
    from billed
    group by tenant_id, connection_id, coalesce(first_month, {{ first_day() }})
),

final as (
    select
        joined_in.tenant_id,
        joined_in.connection_id,
        months.month_start_date,
        cast(sum(joined_in.contacts) as bigint) as contacts,
        cast(sum(joined_in.email_contacts) as bigint) as email_contacts,
        cast(sum(joined_in.phone_contacts) as bigint) as phone_contacts
    from joined_in
    inner join months on joined_in.first_month <= months.month_start_date
    group by joined_in.tenant_id, joined_in.connection_id, months.month_start_date
)

select * from final
