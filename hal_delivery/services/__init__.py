"""Use cases: what may be asked of the content, in words of content."""
