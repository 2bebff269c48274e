{#- Sum of an item's amounts of some kinds; of their parts where `subtypes` names some. -#}
{% macro amazon_sum(kinds, subtypes=none) -%}
coalesce(
            sum(
                case
                    when type in ({{ kinds }}) and subtype {{ 'is null' if subtypes is none else 'in (' ~ subtypes ~ ')' }}
                        then amount
                end
            ),
            0
        )
{%- endmacro %}
