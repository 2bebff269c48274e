{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='append_new_columns') }}

-- Shops' days of which sums by day must be made anew: the days on which orders that changed are now and were before, and
-- the days of products that got another title. The end of a whole build empties it, so that a build that broke off leaves
-- its days to the next one.
{%- set anew = builds_anew() %}
{%- set states = state_of('order_states') %}
{%- set title_states = state_of('title_states') %}
{%- set changes = ref('core_mart_changes') %}
{%- set orders = ref('core_orders') %}
{%- set products = ref('core_products') %}
{%- set events = ref('core_sales_events') %}

{% if anew or states is none or title_states is none -%}
select
    cast(null as {{ contract_type('text') }}) as tenant_id,
    cast(null as {{ contract_type('text') }}) as connection_id,
    cast(null as date) as order_date
where false
{%- else -%}
with moved as (
    select
        tenant_id,
        connection_id,
        order_date
    from {{ orders }}
    where (tenant_id, order_id) in (select changed.tenant_id, changed.order_id from {{ changes }} as changed)
    union
    select
        tenant_id,
        connection_id,
        order_date
    from {{ states }}
    where (tenant_id, order_id) in (select changed.tenant_id, changed.order_id from {{ changes }} as changed)
),

renamed as (
    select
        coalesce(products.tenant_id, title_states.tenant_id) as tenant_id,
        coalesce(products.product_id, title_states.product_id) as product_id
    from {{ products }} as products
    full outer join {{ title_states }} as title_states
        on products.product_id = title_states.product_id
        and products.tenant_id = title_states.tenant_id
    where products.title is distinct from title_states.title
),

final as (
    select
        tenant_id,
        connection_id,
        order_date
    from moved
    where order_date is not null
    union
    select
        tenant_id,
        connection_id,
        order_date
    from {{ events }}
    where
        order_date is not null
        and (tenant_id, product_id) in (select renamed.tenant_id, renamed.product_id from renamed)
)

select * from final
{%- endif %}
