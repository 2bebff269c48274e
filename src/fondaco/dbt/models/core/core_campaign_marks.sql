with final as (
{{ unite('campaign_marks') }}
)

select * from final
