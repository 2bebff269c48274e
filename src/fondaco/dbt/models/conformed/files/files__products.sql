with imported as (
    select * from {{ ref('stg_files__products') }}
),

lines as (
    select * from {{ ref('files__lines') }}
),

-- Products that only order lines tell of, under the title that stands on most of their lines.
titles as (
    select
        tenant_id,
        connection_id,
        source_product_id,
        title,
        count(*) as line_count,
        min(ordered_at) as first_sold_at,
        max(synced_at) as synced_at
    from lines
    where source_product_id is not null
    group by tenant_id, connection_id, source_product_id, title
),

ranked as (
    select
        *,
        row_number() over (
            partition by tenant_id, connection_id, source_product_id
            order by case when title is null then 1 else 0 end asc, line_count desc, title asc
        ) as place,
        min(first_sold_at) over (partition by tenant_id, connection_id, source_product_id) as created_at
    from titles
),

only_sold as (
    select ranked.*
    from ranked
    left join imported
        on ranked.tenant_id = imported.tenant_id
        and ranked.connection_id = imported.connection_id
        and ranked.source_product_id = imported.product_id
    where ranked.place = 1 and imported.product_id is null
),

united as (
    select
        tenant_id,
        connection_id,
        product_id as source_product_id,
        title,
        vendor,
        product_type,
        status,
        cast(null as {{ contract_type('timestamp') }}) as created_at,
        synced_at
    from imported
    union all
    select
        tenant_id,
        connection_id,
        source_product_id,
        coalesce(title, source_product_id) as title,
        cast(null as {{ contract_type('text') }}) as vendor,
        cast(null as {{ contract_type('text') }}) as product_type,
        'active' as status,
        created_at,
        synced_at
    from only_sold
),

final as (
    select
        *,
        'files' as source,
        {{ record_id('source_product_id') }} as product_id,
        synced_at as updated_at,
        false as is_deleted
    from united
)

select {{ conform('products') }} from final
