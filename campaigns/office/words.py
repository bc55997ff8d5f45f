"""Codes of rows as colleagues read them: languages by name, and where people and their decisions came from."""

from collections.abc import Collection, Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.admin.utils import get_user_display_name

from content.models import Topic
from content.navigation import name_in_sentence
from subscribers.models import SignupForm


def language(code: str) -> str:
    """A language by its name, in the language of the office; a code that is not known as it is."""
    name = name_in_sentence(code)
    return code if name == code else name.capitalize()


def forms(keys: Collection[str]) -> dict[str, str]:
    """Titles of sign-up forms by key, in the language of the office where the form has it."""
    return _named(SignupForm.objects.filter(key__in=keys), "key", "title") if keys else {}


def topics() -> dict[str, str]:
    """Names of all topics by the key that joins their languages, as events write it (hexadecimal)."""
    return {key.hex: name for key, name in _named(Topic.objects.all(), "translation_key", "name").items()}


def _named(rows: QuerySet[Any], key: str, name: str) -> dict[Any, str]:
    """Each key's name, of several languages that of the office; one query."""
    here = (get_language() or "")[:2]
    found = rows.values_list(key, "locale__language_code", name)
    return {each: words for each, _code, words in sorted(found, key=lambda row: row[1] == here)}


def origins(sources: Iterable[str]) -> dict[str, str]:
    """Each source (`form:lettera`, `import:people.csv`, `admin:3`) in words; what has none as it is. Two queries."""
    parts = {source: source.partition(":")[::2] for source in sources}
    titles = forms({rest for kind, rest in parts.values() if kind == "form"})
    colleagues = _colleagues({rest for kind, rest in parts.values() if kind == "admin"})
    return {source: _words(kind, rest, titles, colleagues) or source for source, (kind, rest) in parts.items()}


def _words(kind: str, rest: str, titles: dict[str, str], colleagues: dict[str, str]) -> str:
    if kind == "form":
        return _("the form “%(title)s”") % {"title": titles[rest]} if rest in titles else _("a form on this site")
    if kind == "import":
        return _("an import: %(file)s") % {"file": rest} if rest else _("an import")
    if kind == "admin":
        return _("the office (%(name)s)") % {"name": colleagues[rest]} if rest in colleagues else _("the office")
    plain = {
        "home": _("their own page"),
        "undo": _("taken back on their own page"),
        "one-click": _("the unsubscribe button of the mail program"),
        "leave": _("the link at the end of a mail"),
        "mail": _("a mail"),
        "why": _("the page that says why a mail came"),
        "complaint": _("a complaint"),
        "api": _("a program of yours"),
    }
    return plain.get(kind, "")


def _colleagues(ids: set[str]) -> dict[str, str]:
    wanted = [int(one) for one in ids if one.isdigit()]
    people = get_user_model().objects.filter(pk__in=wanted) if wanted else []
    return {str(user.pk): str(get_user_display_name(user)) for user in people}
