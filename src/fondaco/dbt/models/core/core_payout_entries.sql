with final as (
{{ unite('payout_entries') }}
)

select * from final
