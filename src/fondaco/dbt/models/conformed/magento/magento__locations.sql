with sources as (
    select * from {{ ref('stg_magento__sources') }}
),

final as (
    select
        tenant_id,
        connection_id,
        'magento' as source,
        {{ record_id('source_code') }} as location_id,
        source_code as source_location_id,
        coalesce(name, source_code) as name,
        country,
        synced_at
    from sources
)

select {{ conform('locations') }} from final
