"""The repository in SQL: SQLite by default, PostgreSQL where asked for.

``tables`` names what is stored; ``database`` opens, locks and migrates;
``reading`` and ``writing`` move rows and hold no rule about content.
"""
