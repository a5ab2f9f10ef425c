"""What a search found: one model, a table and cards over it."""
