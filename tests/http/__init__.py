"""The wire, as recorded: each route, each success and each failure."""
