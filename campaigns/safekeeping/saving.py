"""Write the whole installation into one archive, while it runs."""

import io
import json
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from django.db import connection, transaction

from campaigns.safekeeping import programs
from campaigns.safekeeping.archive import DATABASE, DIGESTS, FORMAT, MANIFEST, Digesting, Manifest, Progress, file_roots

# What people ask about first; the dump holds every table.
COUNTED = (
    "wagtailcore_page",
    "wagtailimages_image",
    "wagtaildocs_document",
    "subscribers_subscriber",
    "subscribers_consent",
    "subscribers_event",
    "campaigns_mailing",
    "campaigns_delivery",
    "campaigns_run",
)


class NotSaved(Exception):
    """The backup could not be written; says why. What was there before is untouched."""


def save(path: Path, *, now: datetime, progress: Progress) -> Manifest:
    """Write an archive at `path`, whole or not at all, readable by its owner alone.

    The database is seen at one instant; files are taken after it, so every file it names is there.

    Raises: NotSaved; NoProgram.
    """
    unfinished = path.with_name(f"{path.name}.part")
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".circolare-backup-") as folder:
            dump = Path(folder) / DATABASE
            program = programs.find("pg_dump", at_least=programs.server_major())
            manifest = describe(program, dump_database(program, dump, progress), now)
            write(unfinished, dump, manifest, progress)
        unfinished.rename(path)
    except OSError as error:
        raise NotSaved(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return manifest


def describe(program: programs.Program, n_rows: dict[str, int], now: datetime) -> Manifest:
    """What the archive will hold."""
    sizes = [source.stat().st_size for _, source in kept_files()]
    return Manifest(
        format=FORMAT,
        made_at=now.astimezone(UTC).isoformat(timespec="seconds"),
        postgres_major=programs.server_major(),
        program_major=program.major,
        n_rows=n_rows,
        n_files=len(sizes),
        n_bytes=sum(sizes),
    )


def dump_database(program: programs.Program, target: Path, progress: Progress) -> dict[str, int]:
    """Dump every table and count the main ones, both as of the same instant; gives the counts.

    Raises: NotSaved with pg_dump's words.
    """
    with transaction.atomic(durable=not connection.in_atomic_block), snapshot() as name:
        counts = count_rows()
        options = ["--format=custom", "--no-owner", "--no-privileges", f"--file={target}", f"--snapshot={name}"]
        run_dump([str(program.path), "--verbose", *options], progress)
    return counts


@contextmanager
def snapshot() -> Iterator[str]:
    """One instant of the database that other sessions can look at too, until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        yield cursor.fetchone()[0]


def count_rows() -> dict[str, int]:
    """Rows of the main tables."""
    with connection.cursor() as cursor:
        counts = {}
        for table in COUNTED:
            cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - names of our own
            counts[table] = cursor.fetchone()[0]
    return counts


def run_dump(command: list[str], progress: Progress) -> None:
    """Run pg_dump, telling each table it comes to.

    Raises: NotSaved with its last words.
    """
    words: list[str] = []
    n_tables = len(connection.introspection.table_names())
    n_done = 0
    with subprocess.Popen(command, env=programs.environment(), stderr=subprocess.PIPE, text=True) as process:  # noqa: S603
        for line in process.stderr or ():
            words = [*words[-20:], line.rstrip()]
            if "dumping contents of table" in line:
                n_done += 1
                progress(n_done, n_tables, "tables")
    if process.returncode:
        raise NotSaved("pg_dump failed: " + "\n".join(word for word in words if "error" in word or "FATAL" in word))


def write(target: Path, dump: Path, manifest: Manifest, progress: Progress) -> None:
    """Write the members in their order: manifest, database, files, digests."""
    files = list(kept_files())
    digests: dict[str, str] = {}
    handle = os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
    with handle:
        with tarfile.open(fileobj=handle, mode="w", format=tarfile.PAX_FORMAT) as tar:
            add_bytes(tar, MANIFEST, manifest.to_json(), digests)
            add_file(tar, DATABASE, dump, digests)
            for number, (name, source) in enumerate(files, start=1):
                add_file(tar, name, source, digests)
                progress(number, len(files), "files")
            add_bytes(tar, DIGESTS, json.dumps(digests).encode(), {})
        handle.flush()
        os.fsync(handle.fileno())


def kept_files() -> Iterator[tuple[str, Path]]:
    """Name in the archive and place of every upload and rendition, in a fixed order."""
    for root_name, root in file_roots().items():
        for path in sorted(root.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield f"{root_name}/{path.relative_to(root).as_posix()}", path


def add_bytes(tar: tarfile.TarFile, name: str, content: bytes, digests: dict[str, str]) -> None:
    """Add a member from memory."""
    add_open(tar, name, io.BytesIO(content), len(content), digests)


def add_file(tar: tarfile.TarFile, name: str, source: Path, digests: dict[str, str]) -> None:
    """Add a member from a file."""
    with source.open("rb") as content:
        add_open(tar, name, content, os.fstat(content.fileno()).st_size, digests)


def add_open(tar: tarfile.TarFile, name: str, content: IO[bytes], n_bytes: int, digests: dict[str, str]) -> None:
    """Add a member, noting its digest."""
    member = tarfile.TarInfo(name)
    member.size, member.mode = n_bytes, 0o600
    reader = Digesting(content)
    tar.addfile(member, reader)
    digests[name] = reader.hexdigest()
