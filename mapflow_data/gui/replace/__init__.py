"""Replace an image's file by another."""
