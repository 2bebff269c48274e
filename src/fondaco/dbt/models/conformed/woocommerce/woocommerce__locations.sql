{{ locations_of_levels('woocommerce') }}
