with final as (
{{ unite('campaigns') }}
)

select * from final
