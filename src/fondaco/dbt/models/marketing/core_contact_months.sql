-- How many contacts each account had by the end of each month, as far as is known today: who was there by then, and still
-- is.
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

paid_for as (
    select
        contacts.tenant_id,
        contacts.connection_id,
        cast(date_trunc('month', {{ local_date('contacts.created_at', 'connections.time_zone') }}) as date) as first_month,
        contacts.email is not null and {{ is_paid_for('contacts', 'email') }} as is_email,
        contacts.phone is not null and {{ is_paid_for('contacts', 'sms') }} as is_phone,
        {{ is_paid_for('contacts', 'email') }} as is_any
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
        count(case when is_any then 1 end) as contacts,
        count(case when is_email then 1 end) as email_contacts,
        count(case when is_phone then 1 end) as phone_contacts
    from paid_for
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
