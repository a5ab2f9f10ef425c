"""The user's mosaics and images as one model, and the views over it."""
