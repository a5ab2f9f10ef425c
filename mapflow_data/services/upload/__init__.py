"""The upload queue: its jobs, its engine, and the batches that are put into it."""
