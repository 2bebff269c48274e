with final as (
{{ unite('inventory_levels') }}
)

select * from final
