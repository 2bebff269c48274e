{{ tombstones('woocommerce') }}
