"""HTTP, as every surface needs it: asking, answering, refusing.

Nothing here knows what a document is.
"""
