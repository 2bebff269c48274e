{#- What one unit of each row of the CTE `goods` (tenant_id, goods_key, connection_id, variant_id, product_id, sku) costs, from which day
    on: by the cost sheet (variant before SKU before product, one shop before all, the newest entry), else by what the shop told then,
    else by a share of the price. CTEs, the last of which is `goods_costs`; the periods of a thing cover all days. -#}
{% macro goods_costs() -%}
cost_entries as (
    select * from {{ ref('core_cost_entries') }}
    where kind in ('product_cost', 'default_product_cost')
),

unit_costs as (
    select * from {{ ref('core_unit_costs') }}
),

settings as (
    select * from {{ ref('core_profit_settings') }}
),

-- The same item may be named in three ways. A shop that forgot a variant still says its SKU.
named as (
    {%- for name in ['variant_id', 'sku', 'product_id'] %}
    select
        goods.tenant_id,
        goods.goods_key,
        {{ loop.index }} as closeness,
        entries.entry_id,
        entries.amount,
        entries.rate,
        entries.currency,
        entries.connection_id,
        entries.valid_from,
        entries.last_day
    from goods
    inner join cost_entries as entries
        on goods.{{ name }} = entries.item
        and goods.tenant_id = entries.tenant_id
        and (entries.connection_id is null or goods.connection_id = entries.connection_id)
    where entries.kind = 'product_cost'
    union all
    {%- endfor %}
    select
        goods.tenant_id,
        goods.goods_key,
        4 as closeness,
        null as entry_id,
        unit_costs.unit_cost as amount,
        null as rate,
        unit_costs.currency,
        null as connection_id,
        unit_costs.valid_from,
        {{ day_before('unit_costs.valid_until') }} as last_day
    from goods
    inner join unit_costs
        on goods.variant_id = unit_costs.variant_id
        and goods.tenant_id = unit_costs.tenant_id
    union all
    select
        goods.tenant_id,
        goods.goods_key,
        4 as closeness,
        null as entry_id,
        unit_costs.unit_cost as amount,
        null as rate,
        unit_costs.currency,
        null as connection_id,
        unit_costs.valid_from,
        {{ day_before('unit_costs.valid_until') }} as last_day
    from goods
    inner join unit_costs
        on goods.sku = unit_costs.sku
        and goods.connection_id = unit_costs.connection_id
        and goods.tenant_id = unit_costs.tenant_id
    where goods.variant_id is null
    union all
    select
        goods.tenant_id,
        goods.goods_key,
        5 as closeness,
        entries.entry_id,
        null as amount,
        entries.rate,
        null as currency,
        entries.connection_id,
        entries.valid_from,
        entries.last_day
    from goods
    inner join cost_entries as entries
        on goods.tenant_id = entries.tenant_id
        and (entries.connection_id is null or goods.connection_id = entries.connection_id)
    where entries.kind = 'default_product_cost'
    union all
    select
        goods.tenant_id,
        goods.goods_key,
        6 as closeness,
        null as entry_id,
        null as amount,
        settings.default_product_cost_rate as rate,
        null as currency,
        null as connection_id,
        null as valid_from,
        null as last_day
    from goods
    inner join settings on goods.tenant_id = settings.tenant_id
),

-- What a shop has no cost for any more is not known by it.
known as (
    select
        tenant_id,
        goods_key,
        closeness,
        entry_id,
        amount,
        rate,
        currency,
        connection_id,
        coalesce(valid_from, {{ first_day() }}) as valid_from,
        coalesce({{ day_after('last_day') }}, {{ last_day() }}) as valid_until
    from named
    where amount is not null or rate is not null
),

starts as (
    select
        tenant_id,
        goods_key,
        valid_from
    from known
    union
    select
        tenant_id,
        goods_key,
        valid_until as valid_from
    from known
    where valid_until < {{ last_day() }}
),

periods as (
    select
        tenant_id,
        goods_key,
        valid_from,
        coalesce(
            lead(valid_from) over (partition by tenant_id, goods_key order by valid_from),
            {{ last_day() }}
        ) as valid_until
    from starts
),

ranked as (
    select
        periods.tenant_id,
        periods.goods_key,
        periods.valid_from,
        periods.valid_until,
        known.closeness,
        known.entry_id,
        known.amount,
        known.rate,
        known.currency,
        row_number() over (
            partition by periods.tenant_id, periods.goods_key, periods.valid_from
            order by
                known.closeness,
                case when known.connection_id is null then 1 else 0 end,
                known.valid_from desc,
                known.entry_id,
                known.amount
        ) as place
    from periods
    inner join known
        on periods.goods_key = known.goods_key
        and periods.tenant_id = known.tenant_id
        and periods.valid_from >= known.valid_from
        and periods.valid_from < known.valid_until
),

goods_costs as (
    select
        tenant_id,
        goods_key,
        valid_from,
        valid_until,
        cast(amount as {{ contract_type('money') }}) as unit_cost,
        currency,
        case when amount is null then rate end as cost_rate,
        case
            when closeness <= 3 then 'sheet'
            when closeness = 4 then 'shop'
            else 'assumed'
        end as cost_basis,
        entry_id
    from ranked
    where place = 1
)
{%- endmacro %}
