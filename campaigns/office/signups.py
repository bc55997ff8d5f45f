"""Sign-up forms and purposes in the admin."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.snippets.views.snippets import SnippetViewSet

from subscribers.models import Purpose, SignupForm


class SignupFormViewSet(SnippetViewSet):
    """What a form promises; the same key joins its languages and its places in pages."""

    model = SignupForm
    icon = "form"
    menu_label = _("Sign-up forms")
    menu_hook = "register_circolare_menu_item"
    menu_order = 600
    list_display = ["title", "key", "locale", "is_open"]
    panels = [
        FieldPanel("key"),
        FieldPanel("title"),
        FieldPanel("promise"),
        FieldPanel("rhythm"),
        FieldPanel("button"),
        FieldPanel("roles"),
        FieldPanel("purposes"),
        FieldPanel("is_open"),
    ]


class PurposeViewSet(SnippetViewSet):
    """What one may agree to. The key is written once: consents name it for ever."""

    model = Purpose
    icon = "check"
    menu_label = _("Purposes")
    menu_hook = "register_circolare_menu_item"
    menu_order = 650
    list_display = ["key", "kind", "title_it", "title_en", "is_open"]
    panels = [
        FieldPanel("key"),
        FieldPanel("kind"),
        MultiFieldPanel([FieldPanel("title_it"), FieldPanel("title_en")], heading=_("Title")),
        MultiFieldPanel([FieldPanel("rhythm_it"), FieldPanel("rhythm_en")], heading=_("Rhythm")),
        FieldPanel("is_open"),
    ]
