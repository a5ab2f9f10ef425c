"""Delete, edit, rename."""
