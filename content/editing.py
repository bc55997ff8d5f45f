"""The editors' forms of pages: what is filled in beforehand, and what can be chosen."""

from typing import Any

from django.db.models import Q
from wagtail.admin.forms import WagtailAdminPageForm

from content import languages


class PageForm(WagtailAdminPageForm):
    """A new page speaks its parent's language from the first preview on; Wagtail sets it only when it is saved."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Wagtail's own arguments, handed through
        super().__init__(*args, **kwargs)
        if self.instance.locale_id is None and self.parent_page is not None:
            self.instance.locale_id = self.parent_page.locale_id


class TopicsForm(PageForm):
    """Offers the topics of the page's own language; those of the page it was translated from turn into these."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: as above
        super().__init__(*args, **kwargs)
        field = self.fields.get("topics")
        if field is None:
            return
        locale_id = self.instance.locale_id
        given = list(self.initial.get("topics") or [])
        chosen = [languages.in_locale([topic], locale_id)[topic.pk].pk for topic in given]
        field.queryset = field.queryset.filter(Q(locale_id=locale_id) | Q(pk__in=chosen))
        self.initial["topics"] = chosen


class ArticleForm(TopicsForm):
    """A new piece is signed by whoever writes it and has an author's page, else by its column's author."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: as above
        super().__init__(*args, **kwargs)
        field = self.fields.get("author")
        if field is None or self.instance.pk or self.for_user is None or self.initial.get("author"):
            return
        mine = field.queryset.filter(user=self.for_user)
        author = mine.filter(locale_id=self.instance.locale_id).first() or mine.first()
        if author:
            self.initial["author"] = author.pk
        elif column_author := getattr(self.parent_page.specific, "author_id", None) if self.parent_page else None:
            self.initial["author"] = column_author
