"""Who may: principals, and the tokens that name them.

Nothing here knows HTTP or where a credential was found; reading a request is
the work of ``hal_delivery.web``.
"""
