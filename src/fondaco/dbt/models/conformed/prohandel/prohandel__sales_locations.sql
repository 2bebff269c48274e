{#- What a till sells leaves its own branch, after which the channel of its receipts is called. -#}
with branches as (
    select * from {{ ref('stg_prohandel__branches') }}
),

final as (
    select
        tenant_id,
        connection_id,
        'prohandel' as source,
        {{ record_id('branch_number') }} as location,
        connection_id as shop,
        lower(coalesce(name, 'branch ' || branch_number)) as channel,
        synced_at
    from branches
)

select {{ conform('sales_locations') }} from final
