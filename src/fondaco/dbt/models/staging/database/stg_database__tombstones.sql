{{ tombstones('database') }}
