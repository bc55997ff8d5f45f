"""What a mail's makers should know before it leaves."""

from dataclasses import dataclass, field

from django.db import models
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    """Whether it stops the mail."""

    STOP = "stop", _("Stops sending")
    WARN = "warn", _("Look at it")


@dataclass(frozen=True)
class Finding:
    """One thing found."""

    level: Level
    text: str
    block_id: str = ""  # of the block it stands in; empty: the message as a whole
    url: str = ""  # where it is mended, if not in the message itself


@dataclass
class Troubles:
    """Collects findings while a mail is put together; the same one is noted once.

    A mail is put together under its own language; what is found is told in the language of whoever asks.
    """

    language: str | None = field(default_factory=translation.get_language)
    found: list[Finding] = field(default_factory=list)

    def stop(self, text: Promise, block_id: str = "", **values: object) -> None:
        """Note what must be mended before sending; `values` go into the text's %(…)s."""
        self._note(Level.STOP, text, block_id, values)

    def warn(self, text: Promise, block_id: str = "", **values: object) -> None:
        """Note what deserves a look."""
        self._note(Level.WARN, text, block_id, values)

    def _note(self, level: Level, text: Promise, block_id: str, values: dict[str, object]) -> None:
        with translation.override(self.language):
            finding = Finding(level, str(text) % values if values else str(text), block_id)
        if finding not in self.found:
            self.found.append(finding)
