"""The HAL surface: content by path and by id, for readers who follow links.

Mounted once for each mount; two mounts differ in what they show, not in how.
"""

from hal_delivery.surfaces.content.views import blueprint, register_converters

__all__ = ["blueprint", "register_converters"]
