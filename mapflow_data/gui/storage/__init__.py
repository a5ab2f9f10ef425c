"""How much is stored, by mosaic, and which files are stored twice."""
