"""What an index promises, and that Whoosh keeps it."""
