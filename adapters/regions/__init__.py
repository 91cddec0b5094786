"""Which country a caller is in: by a proxy's word, by a file, or by a library's own data."""
