with final as (
{{ unite('ad_spend') }}
)

select * from final
