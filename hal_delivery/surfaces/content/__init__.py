"""The HAL surface: content by path and by id, for readers who follow links.

Mounted once for each mount; two mounts differ in what they show, not in how.  Its
``views`` make the blueprint.  They are not imported here: a command that needs only
how fields are rendered starts in half the time.
"""
