"""Plugin of a child pytest in which PostgreSQL cannot start."""

from unittest import mock

from dojo.instruments.postgres import NoPostgres, Postgres

mock.patch.object(Postgres, "start", side_effect=NoPostgres("no server on a Tuesday")).start()
