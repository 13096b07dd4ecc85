"""The formats of files, each read from bytes to plain values.

Nothing here knows the repository, or where a file lies.  What cannot be read
raises :class:`~hal_delivery.exchange.formats.unreadable.Unreadable`.
"""
