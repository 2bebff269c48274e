{{ locations_of_levels('commercetools') }}
