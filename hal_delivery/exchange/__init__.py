"""Content in and out of files: the rules by which a tree of files is a tree of nodes.

::

    walking ──► survey ──► Plan ──► comparing ──► importing ──► sowing ──► repository
     (what        (what each file       (what         │ (in which order)
      lies there)  becomes, where)       changes)   crew ──► reading ──► formats
                                                    (in other processes)
    repository ──► exporting ──► target

Nothing here knows HTTP.
"""
