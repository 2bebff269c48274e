with final as (
{{ unite('variants') }}
)

select * from final
