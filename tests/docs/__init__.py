"""The documentation is true: what it shows is run, and what exists is in it."""
