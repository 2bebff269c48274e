{#- The part of `amount` that lies between two points of its way, 0 at the start and 1 at the end. Parts whose points follow
    each other without a gap add up to the amount, whatever is rounded: each is a difference of two rounded running totals. The
    points are floats, which hold no amount of more than fifteen digits: the end of the way is the amount itself. Nought where there
    is no amount. -#}
{% macro cascade(amount, before, after) -%}
coalesce(
            case
                when {{ after }} = 1 then cast({{ amount }} as {{ contract_type('money') }})
                else cast({{ amount }} * {{ after }} as {{ contract_type('money') }})
            end - cast({{ amount }} * {{ before }} as {{ contract_type('money') }}),
            0
        )
{%- endmacro %}
