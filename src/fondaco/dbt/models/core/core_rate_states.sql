-- The exchange rates by which the marts of this build were converted; the next build compares with them.
-- depends_on: {{ ref('core_order_states') }}
select
    tenant_id,
    rate_date,
    currency,
    reporting_currency,
    exchange_rate
from {{ ref('core_exchange_rates_daily') }}
