"""One image or mosaic: the drawer below the list and the dialog with all that is known."""
