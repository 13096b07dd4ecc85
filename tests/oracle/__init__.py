"""A second opinion on search: plain Python that imports nothing of ours and reads the files."""
