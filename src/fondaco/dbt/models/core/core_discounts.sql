with final as (
{{ unite('discounts') }}
)

select * from final
