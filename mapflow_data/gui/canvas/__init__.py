"""The project and the map: layers put there, picked there, kept there."""
