{#- An amount in the smallest units of its currency as a decimal: 1999 with 2 digits is 19.99. Multiplied, because a quotient
    is a binary float in DuckDB. Sums of cents may be larger than a bigint. -#}
{% macro minor_units(amount, digits) -%}
cast({{ amount }} as decimal(25, 0)) * cast(
    case {{ digits }}
        when 0 then 1
        {%- for places in range(1, 13) %}
        when {{ places }} then 0.{{ '0' * (places - 1) }}1
        {%- endfor %}
    end as decimal(13, 12)
)
{%- endmacro %}
