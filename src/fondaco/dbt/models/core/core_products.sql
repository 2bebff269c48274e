with final as (
{{ unite('products') }}
)

select * from final
