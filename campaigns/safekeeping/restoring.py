"""Put an archive back: all of it or nothing, and with sending closed until somebody confirms."""

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from django.db import connection

from campaigns import fence
from campaigns.safekeeping import programs
from campaigns.safekeeping.archive import BLOCK_BYTES, DATABASE, Manifest, Progress, check, file_roots, members
from campaigns.safekeeping.saving import count_rows

# One transaction: whatever fails, and whenever the command is killed, the database stays as it was.
BEGIN = "BEGIN;\nDROP SCHEMA public CASCADE;\nCREATE SCHEMA public;\n"
CLOSE_FENCE = """
INSERT INTO public.campaigns_fence (id, identity, is_open, closed_reason, confirmed_by)
VALUES ({row}, '', false, '{reason}', '')
ON CONFLICT (id) DO UPDATE SET is_open = false, closed_reason = excluded.closed_reason;
COMMIT;
"""
UNKNOWN_BEFORE_17 = b"SET transaction_timeout = 0;\n"
OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


class NotRestored(Exception):
    """The archive was not put back; says why. Everything is as it was before."""


@dataclass(frozen=True)
class Restored:
    """What was put back."""

    manifest: Manifest
    n_rows: dict[str, int]  # of the main tables, as they are now
    moved_away: list[Path]  # folders of the files that were there before


def restore(path: Path, *, replaces: bool, now: datetime, progress: Progress) -> Restored:
    """Put the archive back into our database and folders.

    Raises: BadArchive, NotRestored, NoProgram; in each case nothing was changed.
    """
    manifest = check(path, progress)
    check_target(manifest, replaces=replaces)
    with tempfile.TemporaryDirectory(dir=own_folder(), prefix=".circolare-restore-") as folder:
        n_files = unpack(path, Path(folder), manifest, progress)
        progress(n_files, n_files, "database")
        load(Path(folder) / DATABASE, manifest)
        moved_away = put_files(Path(folder), now)
    return Restored(manifest, count_rows(), moved_away)


def check_target(manifest: Manifest, *, replaces: bool) -> None:
    """Refuse what cannot succeed or would surprise.

    Raises: NotRestored.
    """
    own = programs.server_major()
    if own < manifest.postgres_major:
        raise NotRestored(
            f"The archive was made on PostgreSQL {manifest.postgres_major}, this server is {own}: "
            f"it takes archives of PostgreSQL {own} or older. Use a newer server."
        )
    if connection.introspection.table_names() and not replaces:
        raise NotRestored("The database is not empty. To replace everything in it by the archive, add --replace.")
    with connection.cursor() as cursor:
        cursor.execute(OTHERS)
        n_others = cursor.fetchone()[0]
    if n_others:
        raise NotRestored(f"{n_others} other connections use this database. Stop web, workers and beat first.")


def own_folder() -> Path:
    """Where files are unpacked: on the disk of the uploads, so that they can be renamed into place."""
    folder = next(iter(file_roots().values())).parent
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def unpack(path: Path, folder: Path, manifest: Manifest, progress: Progress) -> int:
    """Write the members below a folder; gives how many files there were."""
    n_files = 0
    for member, content in members(path):
        target = folder / member.name
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as out:
            shutil.copyfileobj(content, out, BLOCK_BYTES)
        if "/" in member.name:
            n_files += 1
            progress(n_files, manifest.n_files, "files")
    return n_files


def load(dump: Path, manifest: Manifest) -> None:
    """Replace the database by the dump and close the fence, in one transaction.

    Raises: NotRestored with the words of pg_restore or psql; NoProgram.
    """
    reader = programs.find("pg_restore", at_least=manifest.program_major)
    writer = programs.find("psql", at_least=programs.server_major())
    connection.close()
    script = [str(reader.path), "--no-owner", "--no-privileges", "--file=-", str(dump)]
    variables = programs.environment()
    execute = [str(writer.path), "--no-psqlrc", "--quiet", "--output=/dev/null", "--set=ON_ERROR_STOP=1"]
    with (
        tempfile.TemporaryFile() as words,
        subprocess.Popen(script, stdout=subprocess.PIPE, stderr=words) as reading,  # noqa: S603
        subprocess.Popen(execute, stdin=subprocess.PIPE, stderr=words, env=variables) as writing,  # noqa: S603
    ):
        is_whole = feed(reading, writing)
        words.seek(0)
        if not is_whole or writing.returncode:
            raise NotRestored(
                "The database was left as it was: " + words.read().decode(errors="replace").strip()[-2000:]
            )


def feed(reading: subprocess.Popen[bytes], writing: subprocess.Popen[bytes]) -> bool:
    """Pour the script into psql, committing only when the reader came to its end; whether it did."""
    source, sink = reading.stdout, writing.stdin
    if source is None or sink is None:
        raise RuntimeError("both ends are pipes")
    try:
        sink.write(BEGIN.encode())
        pour(source, sink)
        is_whole = reading.wait() == 0
        if is_whole:
            sink.write(CLOSE_FENCE.format(row=fence.ROW, reason=fence.RESTORED).encode())
        sink.close()
    except BrokenPipeError:
        # psql met an error and left: the transaction is gone with it.
        reading.kill()
        is_whole = False
    writing.wait()
    return is_whole


def pour(source: IO[bytes], sink: IO[bytes]) -> None:
    """Copy until the source ends, without the one setting of the head that servers before 17 do not know."""
    head = source.read(BLOCK_BYTES)
    sink.write(head.replace(UNKNOWN_BEFORE_17, b"", 1))
    while block := source.read(BLOCK_BYTES):
        sink.write(block)


def put_files(folder: Path, now: datetime) -> list[Path]:
    """Move the unpacked folders into place; gives where the former ones stand now."""
    moved_away = []
    for name, root in file_roots().items():
        if root.exists() and any(root.iterdir()):
            former = root.with_name(f"{root.name}.before-{now:%Y%m%d-%H%M%S}")
            root.rename(former)
            moved_away.append(former)
        elif root.exists():
            root.rmdir()
        fresh = folder / name
        fresh.mkdir(exist_ok=True)
        fresh.rename(root)
    return moved_away
