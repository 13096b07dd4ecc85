"""Runs the migrations on the connection that :meth:`Database.migrate` hands over."""

from alembic import context

from content_repo.sql.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
