with final as (
{{ unite('customers') }}
)

select * from final
