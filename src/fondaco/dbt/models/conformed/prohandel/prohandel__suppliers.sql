with suppliers as (
    select * from {{ ref('stg_prohandel__suppliers') }}
),

connections as (
    select * from {{ ref('stg_prohandel__connections') }}
),

final as (
    select
        suppliers.tenant_id,
        suppliers.connection_id,
        'prohandel' as source,
        {{ record_id('suppliers.supplier_number', 'suppliers.connection_id') }} as supplier_id,
        suppliers.supplier_number as source_supplier_id,
        coalesce(suppliers.name, suppliers.supplier_number) as name,
        coalesce(suppliers.currency, connections.currency) as currency,
        suppliers.lead_time_days,
        suppliers.minimum_order_value,
        suppliers.synced_at
    from suppliers
    inner join connections
        on suppliers.tenant_id = connections.tenant_id
        and suppliers.connection_id = connections.connection_id
)

select {{ conform('suppliers') }} from final
