{{ locations_of_levels('amazon') }}
