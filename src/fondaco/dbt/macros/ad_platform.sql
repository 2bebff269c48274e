{#- The advertising platform that a visit was paid on, by its source's name; null for any other visit. A click id that only an
    advertisement gives tells it; fbclid does not, because every link on Facebook gets one. -#}
{% macro ad_platform(visit) -%}
{%- set names = {
    'google_ads': ['google', 'adwords', 'googleads', 'google_ads', 'google-ads', 'youtube'],
    'meta_ads': ['facebook', 'fb', 'instagram', 'ig', 'meta', 'facebook_ads', 'meta_ads', 'facebookads', 'an', 'msg'],
} -%}
{%- set paid = ['cpc', 'ppc', 'cpm', 'cpa', 'cpv', 'paid', 'paidsocial', 'paid_social', 'paid-social', 'paid social', 'paidsearch',
    'paid_search', 'paid-search', 'paid search', 'ads', 'ad', 'display', 'shopping', 'retargeting', 'remarketing', 'pmax'] -%}
case
        when {{ visit }}.click_type in ('gclid', 'gbraid', 'wbraid') then 'google_ads'
        {%- for platform, sources in names.items() %}
        when
            lower({{ visit }}.utm_source) in ('{{ sources | join("', '") }}')
            and lower({{ visit }}.utm_medium) in ('{{ paid | join("', '") }}')
            then '{{ platform }}'
        {%- endfor %}
    end
{%- endmacro %}
