"""Sign in, the account, and being offline."""
