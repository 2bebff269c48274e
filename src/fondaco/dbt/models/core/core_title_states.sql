-- The titles by which the sums of this build were made; the next build compares with them.
-- depends_on: {{ ref('product_sales_daily') }}
-- depends_on: {{ ref('core_unpublished_days') }}
select
    tenant_id,
    product_id,
    title
from {{ ref('core_products') }}
