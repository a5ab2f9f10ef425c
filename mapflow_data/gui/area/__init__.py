"""The area to search in: drawn, the canvas, or a layer."""
