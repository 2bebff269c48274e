{{ tombstones('mailchimp') }}
