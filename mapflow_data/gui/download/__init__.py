"""Images to files on this computer."""
