"""What was under way when QGIS ended."""
