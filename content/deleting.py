"""What stands in the way of deleting a page, said before it is tried."""

from collections.abc import Iterable

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model, ProtectedError, RestrictedError
from django.db.models.deletion import Collector
from django.utils.translation import gettext as _
from wagtail.models import Page, Site

N_NAMED = 3  # things named in the sentence


def obstacles(instances: Iterable[Model]) -> list[str]:
    """Names of the rows that protect any of the instances; [] when all may go. Deletes nothing."""
    found: dict[str, None] = {}
    for instance in instances:
        try:
            Collector(using=DEFAULT_DB_ALIAS).collect([instance])
        except ProtectedError as error:
            found.update(dict.fromkeys(_name(row) for row in error.protected_objects))
        except RestrictedError as error:
            found.update(dict.fromkeys(_name(row) for row in error.restricted_objects))
    return list(found)


def refusal(page: Page) -> str:
    """The sentence that refuses to delete the page and all below it; "" when nothing is in the way."""
    tree = page.get_descendants(inclusive=True)
    if Site.objects.filter(root_page__in=tree).exists():
        return _("“%(title)s” is the front of the site. It was not deleted.") % {"title": page.title}
    names = obstacles(tree.specific())
    if not names:
        return ""
    shown = ", ".join(names[:N_NAMED]) + (" …" if len(names) > N_NAMED else "")
    return _("“%(title)s” was not deleted: it is needed by %(names)s. You can unpublish it instead.") % {
        "title": page.title,
        "names": shown,
    }


def _name(row: Model) -> str:
    return f"{row._meta.verbose_name} “{row}”"
