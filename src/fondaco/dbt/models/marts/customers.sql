with persons as (
    select * from {{ ref('core_persons') }}
),

orders as (
    select * from {{ ref('orders') }}
),

reporting as (
    select
        tenant_id,
        min(reporting_currency) as currency
    from {{ ref('core_connections') }}
    group by tenant_id
),

bought as (
    select
        tenant_id,
        person_id,
        min(case when order_sequence is not null then order_date end) as first_order_date,
        max(case when order_sequence is not null then order_date end) as last_order_date,
        cast(count(order_sequence) as bigint) as orders,
        cast(count(distinct connection_id) as bigint) as shops,
        cast(sum(net_units) as bigint) as net_units,
        {{ total('net_sales') }} as net_sales,
        {{ total('total_sales') }} as total_sales,
        max(case when is_first_order then connection_id end) as first_connection_id,
        max(case when is_first_order then channel end) as first_channel
    from orders
    group by tenant_id, person_id
),

final as (
    select
        persons.tenant_id,
        persons.person_id,
        persons.email,
        persons.phone,
        persons.first_name,
        persons.last_name,
        persons.city,
        persons.country,
        persons.accepts_marketing,
        persons.first_seen_at,
        bought.first_connection_id,
        bought.first_channel,
        bought.first_order_date,
        bought.last_order_date,
        coalesce(bought.orders, 0) as orders,
        coalesce(bought.shops, 0) as shops,
        coalesce(bought.net_units, 0) as net_units,
        reporting.currency,
        cast(coalesce(bought.net_sales, 0) as {{ contract_type('money') }}) as net_sales,
        cast(coalesce(bought.total_sales, 0) as {{ contract_type('money') }}) as total_sales
    from persons
    left join bought
        on persons.person_id = bought.person_id
        and persons.tenant_id = bought.tenant_id
    left join reporting on persons.tenant_id = reporting.tenant_id
)

select * from final
