"""Content as HAL resources: pure functions, one module per resource.

Nodes and a :class:`~.rendering.Rendering` go in, a ``dict`` comes out.  No
Flask, no repository, so that every shape can be checked without a server.

The shapes are those of the reference page, and more: what it shows is kept
value for value, its irregularities among it, each in one place with a comment.
"""
