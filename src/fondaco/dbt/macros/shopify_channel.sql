{#- The channel of an order by its source name. Marketplaces stand in it in several spellings, by their country or their app
    (amazon-us, Amazon_DE, ebay.co.uk): they are one channel each. A number is an app that names none: api. What else an app
    calls itself is kept, for the marketplaces that nobody listed. -#}
{% macro shopify_channel(name) -%}
{%- set first_word = "split_part(translate(lower(trim(" ~ name ~ ")), '-. /', '____'), '_', 1)" -%}
case
            when {{ name }} in ('web', 'pos') then {{ name }}
            when {{ name }} = 'shopify_draft_order' then 'draft'
            when coalesce(translate(trim({{ name }}), '0123456789', ''), '') = '' then 'api'
            when {{ first_word }} in (
                'aliexpress', 'allegro', 'amazon', 'bol', 'cdiscount', 'ebay', 'etsy', 'kaufland', 'otto', 'target', 'temu',
                'tiktok', 'walmart', 'zalando'
            ) then {{ first_word }}
            else lower(trim({{ name }}))
        end
{%- endmacro %}
