"""Where a mail leads: destinations fixed when it is compiled, and the personal addresses put in for each reader."""

import ipaddress
import re
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from campaigns.rendering.braces import has_tags
from campaigns.rendering.trouble import Troubles

# A link in a text names one of these by an anchor: `#home`.
PERSONAL = {"home": "links.home", "leave": "links.leave", "why": "links.why", "web": "links.web"}
PLACES = PERSONAL | {"resource": "links.resource"}
CHECKED = re.compile(r"\{\{[^{}]*\|\s*url\s*\}\}")
URL_SAFE = "!#$%&'()*+,/:;=?@[]~-._"
HERE_ONLY = (".local", ".localhost", ".internal", ".test", ".invalid")


@dataclass(frozen=True)
class Target:
    """Where something is meant to lead: at most one of the four is set."""

    page: Page | None = None
    url: str = ""
    personal: str = ""  # home, leave, why, web, resource
    template: str = ""  # `{{ … | url }}`: an address that only the person's own values give

    @property
    def is_empty(self) -> bool:
        """Whether nothing was chosen."""
        return self.page is None and not (self.url or self.personal or self.template)

    @property
    def href(self) -> str:
        """The address as template source where it is another one for each reader, else empty."""
        return f"{{{{ {PLACES[self.personal]} }}}}" if self.personal else self.template


@dataclass(frozen=True)
class Destination:
    """One row of the link table."""

    position: int  # from 1
    url: str
    label: str
    page_id: int | None

    @property
    def source(self) -> str:
        """What stands for it in a mail until we know whether the reader's clicks are counted."""
        return f"{{{{ link_{self.position} }}}}"


@dataclass
class LinkTable:
    """Collects what the blocks of one mail lead to.

    A destination that stands twice in one block (picture and title of a card) is one row; in another block it
    is another row, so that a click tells from where.
    """

    troubles: Troubles
    rows: list[Destination] = field(default_factory=list)
    block_id: str = ""
    _known: dict[tuple[str, str], Destination] = field(default_factory=dict)

    def begin(self, block_id: str) -> None:
        """Links asked for from now on stand in this block."""
        self.block_id = block_id

    def row(self, target: Target, label: str) -> Destination | None:
        """The table's row for a destination that is the same for all; None for personal and broken ones."""
        url, page_id = self.address(target)
        if not url or url.startswith("mailto:"):
            return None
        key = (self.block_id, url)
        if key not in self._known:
            self._known[key] = Destination(len(self.rows) + 1, url, label[:200], page_id)
            self.rows.append(self._known[key])
        return self._known[key]

    def address(self, target: Target) -> tuple[str, int | None]:
        """The complete address with the id of our page; empty, and a trouble noted, where it leads nowhere."""
        if target.page is not None:
            return self._page_address(target.page)
        if target.url:
            return self._outside_address(target.url), None
        return "", None

    def _page_address(self, page: Page) -> tuple[str, int | None]:
        shown = page.localized
        if not shown.live:
            self.troubles.stop(_("“%(title)s” is not published"), self.block_id, title=shown.title)
            return "", None
        return absolute(shown.url or ""), shown.pk

    def _outside_address(self, url: str) -> str:
        complaint = wrong_with(url)
        if complaint:
            self.troubles.stop(complaint, self.block_id, url=url)
            return ""
        return quote(url.strip(), safe=URL_SAFE)


def absolute(path: str) -> str:
    """The address with our own scheme and host in front, where it has none."""
    return path if urlsplit(path).netloc or not path else f"{settings.BASE_URL}{path}"


def wrong_with(url: str) -> Promise | None:
    """What is wrong with an address written by hand, in words that hold %(url)s; None where nothing is."""
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname or ""
    except ValueError:
        return _("“%(url)s” is not an address")
    if parts.scheme == "mailto" and "@" in parts.path:
        return None
    if parts.scheme not in {"http", "https"}:
        return _("“%(url)s” does not begin with https://")
    if _is_here_only(host):
        return _("“%(url)s” leads to no place that readers can reach")
    return None


def _is_here_only(host: str) -> bool:
    """Whether only this machine or this network knows the host. Our own BASE_URL is a place all the same."""
    if host == urlsplit(settings.BASE_URL).hostname:
        return False
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith(HERE_ONLY)


def from_rich_text(kind: str, value: str, troubles: Troubles, block_id: str) -> Target:
    """The target of a link in rich text: ("page", id) or ("url", address); `#home` and its like are personal."""
    if kind == "page":
        page = Page.objects.filter(pk=int(value)).first() if value.isdigit() else None
        if page is None:
            troubles.stop(_("a link leads to a page that is gone"), block_id)
        return Target(page=page)
    if value.startswith("#"):
        return from_anchor(value[1:], troubles, block_id)
    return from_text(value, troubles, block_id)


def from_text(value: str, troubles: Troubles, block_id: str) -> Target:
    """The target of an address written by hand: complete, or one tag that ends in the `url` filter."""
    if not has_tags(value):
        return Target(url=value)
    if CHECKED.fullmatch(value.strip()):
        return Target(template=value.strip())
    troubles.stop(_("an address with tags is one tag alone that ends in “| url”"), block_id)
    return Target()


def from_anchor(name: str, troubles: Troubles, block_id: str) -> Target:
    """The personal target called `name`."""
    if name in PLACES:
        return Target(personal=name)
    troubles.stop(_("“#%(name)s” leads nowhere in a mail; there are #home, #leave, #why and #web"), block_id, name=name)
    return Target()
