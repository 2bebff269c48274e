with lines as (
    select * from {{ ref('files__lines') }}
),

final as (
    select
        *,
        'files' as source
    from lines
    where not is_return
)

select {{ conform('order_lines') }} from final
