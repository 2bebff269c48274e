{{ tombstones('postscript') }}
