"""The tab "Find imagery": form, run, states."""
