"""Facts, moments, sizes and errors in words for people."""
