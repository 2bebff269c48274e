{{ config(tags=['profit'], materialized='view') }}

select
    tenant_id,
    order_id,
    platform,
    role,
    campaign_id,
    matched_by
from {{ ref('core_order_campaigns') }}
