"""How Wagtail's preview panel shows a message: as mail in several lights, as text, as a chosen reader."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.rendering import preview
from campaigns.rendering.sources import language_of
from subscribers.models import State, Subscriber

# Styles and our own images, nothing else; the sandbox gives the page no origin and no script.
POLICY = f"sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data: {settings.BASE_URL}"
MAIL_MODES: dict[str, tuple[Promise, Callable[[str], str]]] = {
    "html": (_("Mail"), lambda page: page),
    "dark": (_("Mail, dark"), preview.dark),
    "inverted": (_("Mail, colours turned round"), preview.inverted),
    "phone": (_("Mail on a phone"), preview.on_phone),
    "no-images": (_("Mail without images"), preview.without_images),
}
READERS: dict[str, tuple[Promise, dict[str, Any]]] = {
    "nameless": (_("Mail to somebody without a name"), {"name": ""}),
    "uncounted": (_("Mail to somebody not counted"), {"is_tracked": False}),
}
RIGHT = "subscribers.view_subscriber"


class MailPreview:
    """For issues and emails, before Wagtail's own preview classes. `?as=<subscriber id>` chooses a reader."""

    WEB: tuple[str, Promise] | None = None

    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        """The mail first, then its other lights, readers, text and page."""
        modes: list[tuple[str, Any]] = [(key, title) for key, (title, _change) in MAIL_MODES.items()]
        modes += [(key, title) for key, (title, _who) in READERS.items()]
        modes.append(("text", _("Plain text")))
        return [*modes, self.WEB] if self.WEB else modes

    @property
    def preview_sizes(self) -> list[dict[str, Any]]:
        """Widths of mail programs; the first is the usual one."""
        return [
            {"name": "desktop", "icon": "desktop", "device_width": 640, "label": _("Mail program")},
            {"name": "mobile", "icon": "mobile-alt", "device_width": 360, "label": _("Phone")},
        ]

    def make_preview_request(
        self,
        original_request: HttpRequest | None = None,
        preview_mode: str | None = None,
        extra_request_attrs: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Carry the chosen reader over to the request that is made up for the preview.

        Raises: PermissionDenied, when a reader is named by somebody who may not see people.
        """
        attributes = {"reader": _reader(original_request), **(extra_request_attrs or {})}
        return super().make_preview_request(original_request, preview_mode, attributes)  # type: ignore[misc]

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """The message in one of `preview_modes`."""
        if self.WEB and mode_name == self.WEB[0]:
            return super().serve_preview(request, mode_name)  # type: ignore[misc]
        return _answer(self, mode_name, getattr(request, "reader", None))


def _answer(message: Any, mode: str, reader: Subscriber | None) -> HttpResponse:  # Any: an issue or an email
    if mode == "text":
        answer = HttpResponse(preview.text(message, person=reader), content_type="text/plain; charset=utf-8")
    else:
        person: Any = reader
        if mode in READERS:
            person = preview.sample(language_of(message), **READERS[mode][1])
        _title, change = MAIL_MODES.get(mode, MAIL_MODES["html"])
        answer = HttpResponse(change(preview.html(message, person=person)))
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _reader(request: HttpRequest | None) -> Subscriber | None:
    """The subscriber named by `?as=`; an unknown one is a 404."""
    chosen = request.GET.get("as", "") if request else ""
    if request is None or not chosen:
        return None
    if not request.user.has_perm(RIGHT):
        raise PermissionDenied
    found = Subscriber.objects.exclude(state=State.ERASED).filter(pk=chosen).first() if chosen.isdigit() else None
    if found is None:
        raise Http404
    return found
