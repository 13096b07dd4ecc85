"""What the operator sees: settings, mounts, tokens, logs, the server, the command line."""
