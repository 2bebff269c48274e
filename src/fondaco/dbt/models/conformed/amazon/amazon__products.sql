with things as (
    select * from {{ ref('amazon__things') }}
    where asin is not null
),

placed as (
    select
        *,
        row_number() over (partition by tenant_id, connection_id, asin order by told_at desc, sku asc) as place
    from things
),

final as (
    select
        tenant_id,
        connection_id,
        'amazon' as source,
        {{ record_id('asin') }} as product_id,
        asin as source_product_id,
        title,
        cast(null as {{ contract_type('text') }}) as vendor,
        cast(null as {{ contract_type('text') }}) as product_type,
        'active' as status,
        cast(null as {{ contract_type('timestamp') }}) as created_at,
        told_at as updated_at,
        false as is_deleted,
        synced_at
    from placed
    where place = 1
)

select {{ conform('products') }} from final
