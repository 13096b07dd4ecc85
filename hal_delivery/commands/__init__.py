"""Commands that move content: import, export, links.

Each reads the settings, makes one call and says what came of it; the command
line itself is :mod:`hal_delivery.cli`.
"""
