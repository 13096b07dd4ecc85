"""Content in and out of files: the rules by which a tree of files is a tree of nodes.

``walking`` says what lies in a source, ``survey`` what each file becomes and
where (a :class:`~hal_delivery.exchange.plan.Plan`), ``formats`` reads each kind
of file, ``importing`` brings the repository to what the plan says, ``exporting``
writes the files back.  Nothing here knows HTTP.
"""
