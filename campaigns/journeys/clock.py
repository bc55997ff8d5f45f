"""The database's time: all workers compare due times and leases by it, whatever their own clocks say."""

from datetime import datetime

from django.db import connection


def read() -> datetime:
    """Now, aware, UTC."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now
