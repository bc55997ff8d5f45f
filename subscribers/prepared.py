"""Statements that the server parses and plans once: for doors that are knocked on a thousand times a second.

Django puts values into the statement's text, so the server begins anew with each call: 0.3 ms of planning a click,
as long as everything else together (2026-11). Here values travel beside a statement prepared on the connection.
"""

from collections.abc import Mapping, Sequence

import psycopg
from django.conf import settings
from django.db import connection

PREPARE_AFTER = 2  # the same statement seen so often on a connection is prepared


def rows(statement: str, values: Sequence[object] | Mapping[str, object]) -> list[tuple]:
    """The rows that a statement gives; `statement` is a constant, and every value a parameter.

    Raises: django.db's errors, as a cursor of its own does.
    """
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    link = connection.connection
    if settings.CIRCOLARE_PREPARED_STATEMENTS and link.prepare_threshold is None:
        link.prepare_threshold = PREPARE_AFTER  # Django's own cursors never prepare, whatever stands here
    with connection.wrap_database_errors, psycopg.Cursor(link) as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()
