"""Commands in groups of their own: import, export, links, index.

Each reads the settings, makes one call and says what came of it; the command
line itself is :mod:`hal_delivery.cli`.
"""
