"""The archive's shape: names inside, what the manifest says, and the check that nothing is missing or changed."""

import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from django.conf import settings

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database.dump"
DIGESTS = "digests.json"
BLOCK_BYTES = 1 << 20
Progress = Callable[[int, int, str], None]  # how many are done, of how many (0: unknown), of what


class BadArchive(Exception):
    """The file is no archive of ours, or not whole; says what is wrong."""


@dataclass(frozen=True)
class Manifest:
    """What an archive holds."""

    format: int
    made_at: str  # ISO 8601, UTC
    postgres_major: int  # of the server
    program_major: int  # of pg_dump
    n_rows: dict[str, int]  # of the tables that people ask about
    n_files: int
    n_bytes: int  # of the files

    def to_json(self) -> bytes:
        """As it stands in the archive."""
        return json.dumps(asdict(self), indent=1).encode()


def file_roots() -> dict[str, Path]:
    """Folders whose files are kept, by their name in the archive."""
    return {"media": Path(settings.MEDIA_ROOT), "renditions": Path(settings.RENDITIONS_ROOT)}


class Digesting(io.RawIOBase):
    """A file that is read and digested at once."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._total = hashlib.sha256()

    def readable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int = -1) -> bytes:
        """As the source gives it."""
        block = self._source.read(size)
        self._total.update(block)
        return block

    def hexdigest(self) -> str:
        """SHA-256 of what was read."""
        return self._total.hexdigest()


def check(path: Path, progress: Progress) -> Manifest:
    """Read the whole archive and give its manifest; nothing is written anywhere.

    Raises: BadArchive when it is cut, changed, of another making, or names files outside its folders.
    """
    try:
        seen, small = read_all(path, progress)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise BadArchive(f"{path} cannot be read as an archive to its end: {error}.") from error
    if missing := [name for name in (MANIFEST, DATABASE, DIGESTS) if name not in seen]:
        raise BadArchive(f"{path} is not whole: {missing[0]} is missing.")
    told = json.loads(small[DIGESTS])
    del seen[DIGESTS]
    if wrong := sorted(name for name in seen.keys() | told.keys() if seen.get(name) != told.get(name)):
        raise BadArchive(f"{path} is damaged: {len(wrong)} members differ or are missing, the first is {wrong[0]}.")
    return read_manifest(small[MANIFEST])


def read_all(path: Path, progress: Progress) -> tuple[dict[str, str], dict[str, bytes]]:
    """The digest of every member, and the bytes of the small ones.

    Raises: BadArchive for a name that leads elsewhere; TarError, EOFError, OSError.
    """
    seen: dict[str, str] = {}
    small: dict[str, bytes] = {}
    for number, (member, content) in enumerate(members(path), start=1):
        check_name(member.name)
        seen[member.name], small[member.name] = digest(content, keeps=member.name in {MANIFEST, DIGESTS})
        progress(number, 0, "checking")
    return seen, small


def digest(content: IO[bytes], *, keeps: bool) -> tuple[str, bytes]:
    """SHA-256 of a member, and its bytes where they are wanted."""
    reader = Digesting(content)
    kept = b""
    while block := reader.read(BLOCK_BYTES):
        kept += block if keeps else b""
    return reader.hexdigest(), kept


def members(path: Path) -> Iterator[tuple[tarfile.TarInfo, IO[bytes]]]:
    """The files inside, in order, each readable once.

    Raises: BadArchive for anything that is no plain file; TarError, EOFError, OSError.
    """
    with tarfile.open(path, "r|") as tar:
        for member in tar:
            content = tar.extractfile(member)
            if content is None:
                raise BadArchive(f"{path} holds {member.name}, which is no plain file.")
            yield member, content


def read_manifest(raw: bytes) -> Manifest:
    """What the archive says of itself.

    Raises: BadArchive when it is of another format.
    """
    try:
        fields = json.loads(raw)
        manifest = Manifest(**fields)
    except (ValueError, TypeError) as error:
        raise BadArchive(f"{MANIFEST} cannot be understood: {error}.") from error
    if manifest.format != FORMAT:
        raise BadArchive(f"{MANIFEST} has format {manifest.format}, this version reads {FORMAT}.")
    return manifest


def check_name(name: str) -> None:
    """Refuse names that lead anywhere but into our folders.

    Raises: BadArchive.
    """
    path = PurePosixPath(name)
    is_known = name in {MANIFEST, DATABASE, DIGESTS} or path.parts[0] in file_roots()
    if path.is_absolute() or ".." in path.parts or not is_known:
        raise BadArchive(f"The archive holds {name!r}, which belongs to nothing of ours.")
