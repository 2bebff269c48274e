with final as (
{{ unite('message_events') }}
)

select * from final
