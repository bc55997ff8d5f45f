"""A migrated template database, made once for each state of the migrations, and quick copies of it."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
import psycopg
import wagtail
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg import sql

ROOT = Path(__file__).resolve().parents[1]
PREFIX = "test_circolare_template_"
KEEP_DAYS = 7
LOCK = 7_203_151_219  # any number of our own: one process migrates the template, the others wait


def fingerprint() -> str:
    """Changes when any migration of ours, Django or Wagtail changes."""
    digest = hashlib.sha256(f"{django.__version__} {wagtail.__version__}".encode())
    for path in sorted(ROOT.glob("*/migrations/*.py")):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@contextmanager
def server() -> Iterator[psycopg.Connection]:
    """A connection to the server's own database, outside any test database, in autocommit."""
    given = settings.DATABASES["default"]
    with psycopg.connect(
        host=given["HOST"] or None,
        port=given["PORT"] or None,
        user=given["USER"] or None,
        password=given["PASSWORD"] or None,
        dbname="postgres",
        autocommit=True,
    ) as link:
        yield link


def ensure_template() -> str:
    """The template's name; migrated first where this state of the migrations has none yet (about 20 s)."""
    name = f"{PREFIX}{fingerprint()}"
    with server() as link:
        link.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        drop_old(link)
        if link.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return name
        draft = f"{name}_draft"
        link.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(draft)))
        link.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(draft)))
        with using(draft):
            call_command("migrate", verbosity=0)
        link.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(name)))
        link.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), today(link)))
    return name


def today(link: psycopg.Connection) -> sql.Literal:
    """The server's date, as a literal."""
    row = link.execute("SELECT current_date::text").fetchone()
    return sql.Literal(row[0])


def drop_old(link: psycopg.Connection) -> None:
    """Drop templates of earlier migrations after a week."""
    rows = link.execute(
        "SELECT datname FROM pg_database WHERE datname LIKE %s "
        "AND shobj_description(oid, 'pg_database')::date < current_date - %s::int",
        [f"{PREFIX}%", KEEP_DAYS],
    ).fetchall()
    for (name,) in rows:
        link.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def copy(template: str, name: str) -> None:
    """A fresh database `name` made from the template, 0.1 s; an older one of that name is dropped."""
    with server() as link:
        link.execute("SELECT pg_advisory_lock(%s)", [LOCK])  # a template may be read by one copy at a time
        link.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        link.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))


def drop(name: str) -> None:
    """Remove a copy, whoever is still connected."""
    with server() as link:
        link.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def using(name: str) -> Iterator[None]:
    """Point Django's default connection at another database for a while."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
