"""Pictures of images: in memory, on disk, from the server."""
