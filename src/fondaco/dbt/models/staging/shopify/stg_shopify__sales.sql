with source as (
    select * from {{ source('shopify', 'sales') }}
),

renamed as (
    select
        -- ids
        tenant_id,
        connection_id,
        {{ shopify_id('sale_id', with_type=true) }} as sale_id,
        {{ shopify_id('agreement_id', with_type=true) }} as agreement_id,
        {{ shopify_id('line_id') }} as line_id,
        {{ shopify_id('product_id') }} as product_id,
        {{ shopify_id('variant_id') }} as variant_id,
        -- strings
        sale_type,
        action_type,
        line_type,
        currency,
        presentment_currency,
        -- numerics
        quantity,
        total_amount,
        total_amount_presentment,
        discount_before_taxes,
        tax,
        -- timestamps
        _synced_at as synced_at
    from source
)

select * from renamed
