"""Surfaces: dialects of HTTP over one repository, unaware of one another.

A surface is a folder with ``params`` (its words for what is asked),
``schemas`` (its shapes, described), ``serializers`` (content into shapes) and
``views`` (routes).  Where it is large, these are packages with one module per
resource.  It holds no rule about content.
"""
