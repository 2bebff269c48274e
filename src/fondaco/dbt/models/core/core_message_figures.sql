with final as (
{{ unite('message_figures') }}
)

select * from final
