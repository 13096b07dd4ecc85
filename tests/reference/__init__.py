"""The reference page, held against the service block by block and address by address."""
