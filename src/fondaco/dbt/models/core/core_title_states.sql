-- The titles by which the sums of this build were made; the next build compares with them.
-- depends_on: {{ ref('product_sales_daily') }}
select
    tenant_id,
    product_id,
    title
from {{ ref('core_products') }}
