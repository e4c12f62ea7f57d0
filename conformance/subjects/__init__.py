"""What probes prepare: uploads, listings, conditions, configured buckets, keys, locks."""
