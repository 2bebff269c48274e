{{ config(tags=['each_run']) }}

-- Who may be written to, and which person that is, found as accounts and guests are: by the e-mail address, else by the
-- telephone. A contact makes no person, and one whose address several persons share is none of them.
with contacts as (
{{ unite('contacts') }}
),

customers as (
    select * from {{ ref('core_customers') }}
),

identities as (
    select * from {{ ref('core_customer_identities') }}
),

persons as (
    select * from {{ ref('core_persons') }}
),

written_to as (
    select distinct tenant_id from contacts
),

addresses as (
    select
        customers.tenant_id,
        identities.person_id,
        customers.email,
        customers.phone
    from customers
    inner join identities
        on customers.customer_id = identities.customer_id
        and customers.tenant_id = identities.tenant_id
    union all
    select
        tenant_id,
        person_id,
        email,
        phone
    from persons
),

keys as (
    select
        addresses.tenant_id,
        addresses.person_id,
        {{ email_identity('addresses.email') }} as email_key,
        {{ phone_identity('addresses.phone') }} as phone_key
    from addresses
    inner join written_to on addresses.tenant_id = written_to.tenant_id
),

by_email as (
    select
        tenant_id,
        email_key,
        min(person_id) as person_id
    from keys
    where email_key is not null
    group by tenant_id, email_key
    having count(distinct person_id) = 1
),

by_phone as (
    select
        tenant_id,
        phone_key,
        min(person_id) as person_id
    from keys
    where phone_key is not null
    group by tenant_id, phone_key
    having count(distinct person_id) = 1
),

keyed as (
    select
        *,
        {{ email_identity('email') }} as email_key,
        {{ phone_identity('phone') }} as phone_key
    from contacts
),

final as (
    select
        keyed.tenant_id,
        keyed.connection_id,
        keyed.source,
        keyed.contact_id,
        keyed.source_contact_id,
        coalesce(by_email.person_id, by_phone.person_id) as person_id,
        keyed.email,
        keyed.phone,
        keyed.first_name,
        keyed.last_name,
        keyed.email_consent,
        keyed.email_consent_at,
        keyed.sms_consent,
        keyed.sms_consent_at,
        keyed.created_at,
        keyed.updated_at,
        keyed.is_deleted,
        keyed.synced_at
    from keyed
    left join by_email
        on keyed.email_key = by_email.email_key
        and keyed.tenant_id = by_email.tenant_id
    left join by_phone
        on keyed.phone_key = by_phone.phone_key
        and keyed.email_key is null
        and keyed.tenant_id = by_phone.tenant_id
)

select * from final
