select
    date_day,
    week_start_date,
    month_start_date,
    quarter_start_date,
    year_start_date,
    weekday
from {{ ref('core_calendar') }}
