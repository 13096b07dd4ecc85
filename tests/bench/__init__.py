"""The benchmark: ``make bench``.  Measures; asserts nothing.

::

    corpus ──► queries ──► lines ──► answers      over HTTP: service and floor
       │          │                  memory
       │          └──────► engines ─► searching   in process: ours and rivals
       │                   rivals ──► writes
       └─ planted once, indexed once, kept; each run works on a copy

The service and a *floor* run in turn on the same server with the same number of
workers.  The floor is a bare Flask application that answers the same paths with
the same bytes from memory: what is missing to it is what the service costs.
Only the ratios mean anything on another machine.
"""
