-- One row per person with all that they may be looked for by: a search reads this narrow table once, instead of people and
-- all their accounts for each word.
with persons as (
    select * from {{ ref('customers') }}
),

accounts as (
    select * from {{ ref('customer_accounts') }}
),

reached as (
    select
        tenant_id,
        person_id,
        email,
        phone
    from persons
    union
    select
        tenant_id,
        person_id,
        email,
        phone
    from accounts
),

contacts as (
    select
        tenant_id,
        person_id,
        lower(email) as email,
        nullif(regexp_replace(replace(phone, '(0)', ''), '[^0-9]', '', 'g'), '') as digits
    from reached
),

gathered as (
    select
        tenant_id,
        person_id,
        string_agg(distinct email, chr(10) order by email) as emails,
        string_agg(distinct digits, chr(10) order by digits) as digits
    from contacts
    group by tenant_id, person_id
),

named as (
    select
        tenant_id,
        person_id,
        lower(trim(coalesce(first_name, '') || ' ' || coalesce(last_name, ''))) as name
    from persons
),

final as (
    select
        named.tenant_id,
        named.person_id,
        cast(named.name as {{ contract_type('text') }}) as name,
        cast(chr(10) || named.name || coalesce(chr(10) || gathered.emails, '') as {{ contract_type('text') }}) as words,
        cast(coalesce(gathered.digits, '') as {{ contract_type('text') }}) as digits
    from named
    left join gathered
        on named.person_id = gathered.person_id
        and named.tenant_id = gathered.tenant_id
)

select * from final
