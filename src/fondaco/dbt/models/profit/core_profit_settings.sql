-- One row a merchant, also before any settings were handed over.
with tenants as (
    select distinct tenant_id from {{ ref('core_connections') }}
),

settings as (
    select * from {{ source('fondaco', 'profit_settings') }}
),

final as (
    select
        tenants.tenant_id,
        coalesce(settings.default_product_cost_rate, 0.4) as default_product_cost_rate,
        coalesce(settings.returns_restocked, true) as returns_restocked,
        coalesce(settings.count_taxes_as_cost, false) as count_taxes_as_cost,
        coalesce(settings.marketing_by, 'click') as marketing_by
    from tenants
    left join settings on tenants.tenant_id = settings.tenant_id
)

select * from final
