"""What was known last, kept on disk, and what is done with it while the server is away."""
