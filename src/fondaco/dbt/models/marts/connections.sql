select
    tenant_id,
    connection_id,
    source,
    name,
    role,
    currency,
    time_zone,
    reporting_currency,
    today_date
from {{ ref('core_connections') }}
