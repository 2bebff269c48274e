{{ tombstones('commercetools') }}
