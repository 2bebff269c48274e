-- The variant that an article number means at each shop, and at locations of no shop: of several the one that is still
-- sold, then the first.
with variants as (
    select * from {{ ref('core_variants') }}
    where sku is not null
),

connections as (
    select distinct tenant_id, connection_id, is_declared from {{ ref('core_locations') }}
),

owned as (
    select
        connections.tenant_id,
        connections.connection_id,
        variants.sku,
        variants.variant_id,
        row_number() over (
            partition by connections.tenant_id, connections.connection_id, variants.sku
            order by
                case when coalesce(variants.is_deleted, false) then 1 else 0 end,
                case when variants.source = 'files' then 1 else 0 end,
                variants.variant_id
        ) as place
    from connections
    inner join variants
        on connections.tenant_id = variants.tenant_id
        and (connections.is_declared or connections.connection_id = variants.connection_id)
),

final as (
    select
        tenant_id,
        connection_id,
        sku,
        variant_id
    from owned
    where place = 1
)

select * from final
