"""The tab "Activity": what is sent and was sent."""
