with final as (
{{ unite('disputes') }}
)

select * from final
