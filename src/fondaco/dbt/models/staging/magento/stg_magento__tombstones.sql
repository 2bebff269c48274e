{{ tombstones('magento') }}
