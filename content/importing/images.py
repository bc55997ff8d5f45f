"""Images found beside a source, brought in once: the same bytes are the same image."""

import hashlib
import os
import re
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.files.images import ImageFile
from django.utils.translation import gettext as _
from PIL import Image as Pillow
from PIL import UnidentifiedImageError
from wagtail.images import get_image_model
from wagtail.images.models import AbstractImage

ENDINGS = frozenset({".avif", ".gif", ".jpeg", ".jpg", ".png", ".webp"})
MAX_PIXELS = 60_000_000  # a full-frame camera's file; a bomb of a few kB can unfold to gigabytes
ROOT = PurePosixPath()
MAX_FILES = 200_000  # looked at in one folder
# WordPress keeps smaller copies beside the original: photo-300x200.jpg, photo-scaled.jpg, photo-e1234567890.jpg.
SIZED = re.compile(r"-(?:\d+x\d+|scaled|rotated|e\d{10,13})$")


class UnusableImage(Exception):
    """An image file that cannot be taken; the message says why."""


@dataclass
class Shelf:
    """All images below one folder, found by whatever address a text gives them."""

    root: Path

    @cached_property
    def by_name(self) -> dict[str, list[PurePosixPath]]:
        """{file name in lower case: paths relative to the root}; symbolic links are not followed."""
        found: dict[str, list[PurePosixPath]] = {}
        n_files = 0
        for folder, _folders, names in os.walk(self.root):
            for name in names:
                n_files += 1
                if PurePosixPath(name).suffix.lower() in ENDINGS and n_files < MAX_FILES:
                    path = PurePosixPath(Path(folder).relative_to(self.root).as_posix()) / name
                    found.setdefault(name.lower(), []).append(path)
        return found

    def find(self, reference: str, near: PurePosixPath = ROOT) -> Path | None:
        """The file an address means: the one beside the text, else the one with the longest like-named end."""
        wanted = PurePosixPath(unquote(urlsplit(reference).path).lstrip("/"))
        if wanted.name and wanted.name.lower() not in self.by_name:
            wanted = wanted.with_name(_original(wanted))
        candidates = self.by_name.get(wanted.name.lower())
        if not candidates:
            return None
        beside = PurePosixPath(os.path.normpath(near / wanted))
        if beside in candidates:
            return self._inside(beside)
        ranked = sorted(candidates, key=lambda path: (-_shared_end(path, wanted), str(path)))
        is_sure = len(ranked) == 1 or _shared_end(ranked[0], wanted) > _shared_end(ranked[1], wanted)
        return self._inside(ranked[0]) if is_sure else None

    def _inside(self, relative: PurePosixPath) -> Path | None:
        path = (self.root / relative).resolve()
        return path if path.is_file() and path.is_relative_to(self.root.resolve()) else None


def _original(path: PurePosixPath) -> str:
    return f"{SIZED.sub('', path.stem)}{path.suffix}"


def _shared_end(one: PurePosixPath, other: PurePosixPath) -> int:
    """How many parts two paths share from their end; the file name itself counts once at most."""
    shared = 0
    for mine, theirs in zip(reversed(one.parts), reversed(other.parts), strict=False):
        if mine.lower() != theirs.lower():
            break
        shared += 1
    return shared


@dataclass
class Gallery:
    """Brings files in as Wagtail images; knows those of this run and those already there by their bytes."""

    is_dry: bool = False
    collection_id: int | None = None
    known: dict[str, AbstractImage] = field(default_factory=dict)
    n_new: int = 0

    def take(self, path: Path, title: str) -> AbstractImage:
        """The image of a file; created where its bytes are new.

        Raises: UnusableImage when it is none, or too large.
        """
        content = _read(path)
        digest = hashlib.sha1(content, usedforsecurity=False).hexdigest()  # the hash Wagtail keeps of each image
        if digest not in self.known:
            found = get_image_model().objects.filter(file_hash=digest).order_by("pk").first()
            self.known[digest] = found or self._make(path, content, title)
        return self.known[digest]

    def _make(self, path: Path, content: bytes, title: str) -> AbstractImage:
        self.n_new += 1
        image = get_image_model()(title=(title or path.stem)[:255], description=title[:255])
        if self.collection_id:
            image.collection_id = self.collection_id
        if not self.is_dry:
            image.file = ImageFile(BytesIO(content), name=path.name)
            image.save()
            image.get_file_hash()
        return image


def _read(path: Path) -> bytes:
    most = settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE
    if path.stat().st_size > most:
        raise UnusableImage(_("the image is larger than %(most)d MB") % {"most": most // 1024**2})
    try:
        with Pillow.open(path) as opened:
            width, height = opened.size
            if width * height > MAX_PIXELS:
                raise UnusableImage(_("the image has more than %(most)d pixels") % {"most": MAX_PIXELS})
            opened.verify()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Pillow.DecompressionBombError) as error:
        raise UnusableImage(_("the file is no image that can be read")) from error
    return path.read_bytes()
