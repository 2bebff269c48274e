{{ locations_of_levels('shopify') }}
