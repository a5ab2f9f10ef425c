"""The upload dialog: layers, what will happen to each, and where they go."""
