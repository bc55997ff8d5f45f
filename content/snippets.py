"""Topics and authors in the admin."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, TitleFieldPanel
from wagtail.admin.ui.tables import BooleanColumn, LocaleColumn
from wagtail.snippets.views.snippets import SnippetViewSet

from content.models import Author, Topic


class TopicViewSet(SnippetViewSet):
    """What pieces are about."""

    model = Topic
    icon = "tag"
    menu_label = _("Topics")
    list_display = ["name", "description", LocaleColumn()]
    search_fields = ["name", "description"]
    search_backend_name = None
    panels = [
        TitleFieldPanel("name", targets=["slug"], help_text=_("One or two words, over articles and in the library.")),
        FieldPanel("slug", help_text=_("The end of the topic's address.")),
        FieldPanel("description", help_text=_("One sentence at the top of its page.")),
        FieldPanel("palette"),
    ]


class AuthorViewSet(SnippetViewSet):
    """Who writes."""

    model = Author
    icon = "user"
    menu_label = _("Authors")
    list_display = ["name", "role", BooleanColumn("is_invented", label=_("invented")), LocaleColumn()]
    search_fields = ["name", "role"]
    search_backend_name = None
    panels = [
        TitleFieldPanel("name", targets=["slug"], help_text=_("As it stands under articles.")),
        FieldPanel("slug", help_text=_("The end of the author's address.")),
        FieldPanel("role", help_text=_("A few words after the name: what they write about.")),
        FieldPanel("bio", help_text=_("Two or three sentences, at the foot of each article and on the author's page.")),
        MultiFieldPanel(
            [
                FieldPanel("user", help_text=_("New articles of this account are signed with this name.")),
                FieldPanel("is_invented", help_text=_("The author's page then says so.")),
            ],
            heading=_("Who it is"),
        ),
    ]
