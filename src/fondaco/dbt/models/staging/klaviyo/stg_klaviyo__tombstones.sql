{{ tombstones('klaviyo') }}
