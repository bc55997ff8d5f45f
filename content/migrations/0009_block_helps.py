import wagtail.fields
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("content", "0008_excerpt_pages"),
    ]

    operations = [
        migrations.AlterField(
            model_name="articlepage",
            name="body",
            field=wagtail.fields.StreamField(
                [
                    ("heading", 0),
                    ("text", 1),
                    ("figure", 5),
                    ("quote", 8),
                    ("code", 9),
                    ("resource", 11),
                    ("signup", 13),
                ],
                blank=True,
                block_lookup={
                    0: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {
                            "help_text": "What the next part is about, in a few words.",
                            "icon": "title",
                            "label": "Heading",
                            "max_length": 160,
                            "template": "content/blocks/heading.html",
                        },
                    ),
                    1: (
                        "wagtail.blocks.RichTextBlock",
                        (),
                        {
                            "features": ["h3", "bold", "italic", "link", "ol", "ul", "hr", "superscript", "code"],
                            "help_text": "Paragraphs, lists and links. / offers the rest.",
                            "icon": "pilcrow",
                            "label": "Text",
                            "template": "content/blocks/text.html",
                        },
                    ),
                    2: ("wagtail.images.blocks.ImageBlock", [], {"label": "image"}),
                    3: (
                        "wagtail.blocks.RichTextBlock",
                        (),
                        {
                            "features": ["bold", "italic", "link"],
                            "help_text": "What the picture shows or adds.",
                            "label": "caption",
                            "required": False,
                        },
                    ),
                    4: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {
                            "help_text": "Who made it, and where it comes from.",
                            "label": "credit",
                            "max_length": 120,
                            "required": False,
                        },
                    ),
                    5: ("wagtail.blocks.StructBlock", [[("image", 2), ("caption", 3), ("credit", 4)]], {}),
                    6: (
                        "wagtail.blocks.TextBlock",
                        (),
                        {"help_text": "Without quotation marks.", "label": "text", "rows": 3},
                    ),
                    7: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {
                            "help_text": "Empty: the piece's own words, set large.",
                            "label": "who said it",
                            "max_length": 160,
                            "required": False,
                        },
                    ),
                    8: ("wagtail.blocks.StructBlock", [[("text", 6), ("source", 7)]], {}),
                    9: (
                        "wagtail.blocks.TextBlock",
                        (),
                        {
                            "help_text": "Shown letter by letter.",
                            "icon": "code",
                            "label": "Code",
                            "template": "content/blocks/code.html",
                        },
                    ),
                    10: (
                        "wagtail.blocks.PageChooserBlock",
                        (),
                        {
                            "help_text": "Its cover, title and gate; in the reader's language where it exists.",
                            "label": "resource",
                            "page_type": ["content.ResourcePage"],
                        },
                    ),
                    11: ("wagtail.blocks.StructBlock", [[("resource", 10)]], {}),
                    12: (
                        "wagtail.snippets.blocks.SnippetChooserBlock",
                        ("subscribers.SignupForm",),
                        {"help_text": "In the language of the page where the form has it.", "label": "form"},
                    ),
                    13: ("wagtail.blocks.StructBlock", [[("form", 12)]], {}),
                },
                verbose_name="body",
            ),
        ),
        migrations.AlterField(
            model_name="articlepage",
            name="further_reading",
            field=wagtail.fields.StreamField(
                [("item", 4)],
                blank=True,
                block_lookup={
                    0: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {"help_text": "As it is called there.", "label": "title", "max_length": 200},
                    ),
                    1: ("wagtail.blocks.URLBlock", (), {"help_text": "Complete, with https://.", "label": "address"}),
                    2: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {
                            "help_text": "Who wrote or publishes it.",
                            "label": "source",
                            "max_length": 120,
                            "required": False,
                        },
                    ),
                    3: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {
                            "help_text": "One sentence to somebody who hesitates.",
                            "label": "why read it",
                            "max_length": 240,
                            "required": False,
                        },
                    ),
                    4: ("wagtail.blocks.StructBlock", [[("title", 0), ("url", 1), ("source", 2), ("reason", 3)]], {}),
                },
                verbose_name="further reading",
            ),
        ),
        migrations.AlterField(
            model_name="landingpage",
            name="form",
            field=wagtail.fields.StreamField(
                [("signup", 1)],
                blank=True,
                block_lookup={
                    0: (
                        "wagtail.snippets.blocks.SnippetChooserBlock",
                        ("subscribers.SignupForm",),
                        {"help_text": "In the language of the page where the form has it.", "label": "form"},
                    ),
                    1: ("wagtail.blocks.StructBlock", [[("form", 0)]], {}),
                },
                verbose_name="sign-up form",
            ),
        ),
        migrations.AlterField(
            model_name="landingpage",
            name="voices",
            field=wagtail.fields.StreamField(
                [("voice", 2)],
                blank=True,
                block_lookup={
                    0: (
                        "wagtail.blocks.TextBlock",
                        (),
                        {"help_text": "Without quotation marks.", "label": "text", "max_length": 400, "rows": 3},
                    ),
                    1: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {"help_text": "Name, and what they do.", "label": "who said it", "max_length": 160},
                    ),
                    2: ("wagtail.blocks.StructBlock", [[("text", 0), ("source", 1)]], {}),
                },
                verbose_name="what readers say",
            ),
        ),
        migrations.AlterField(
            model_name="plainpage",
            name="body",
            field=wagtail.fields.StreamField(
                [
                    ("heading", 0),
                    ("text", 1),
                    ("figure", 5),
                    ("quote", 8),
                    ("code", 9),
                    ("resource", 11),
                    ("signup", 13),
                ],
                blank=True,
                block_lookup={
                    0: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {
                            "help_text": "What the next part is about, in a few words.",
                            "icon": "title",
                            "label": "Heading",
                            "max_length": 160,
                            "template": "content/blocks/heading.html",
                        },
                    ),
                    1: (
                        "wagtail.blocks.RichTextBlock",
                        (),
                        {
                            "features": ["h3", "bold", "italic", "link", "ol", "ul", "hr", "superscript", "code"],
                            "help_text": "Paragraphs, lists and links. / offers the rest.",
                            "icon": "pilcrow",
                            "label": "Text",
                            "template": "content/blocks/text.html",
                        },
                    ),
                    2: ("wagtail.images.blocks.ImageBlock", [], {"label": "image"}),
                    3: (
                        "wagtail.blocks.RichTextBlock",
                        (),
                        {
                            "features": ["bold", "italic", "link"],
                            "help_text": "What the picture shows or adds.",
                            "label": "caption",
                            "required": False,
                        },
                    ),
                    4: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {
                            "help_text": "Who made it, and where it comes from.",
                            "label": "credit",
                            "max_length": 120,
                            "required": False,
                        },
                    ),
                    5: ("wagtail.blocks.StructBlock", [[("image", 2), ("caption", 3), ("credit", 4)]], {}),
                    6: (
                        "wagtail.blocks.TextBlock",
                        (),
                        {"help_text": "Without quotation marks.", "label": "text", "rows": 3},
                    ),
                    7: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {
                            "help_text": "Empty: the piece's own words, set large.",
                            "label": "who said it",
                            "max_length": 160,
                            "required": False,
                        },
                    ),
                    8: ("wagtail.blocks.StructBlock", [[("text", 6), ("source", 7)]], {}),
                    9: (
                        "wagtail.blocks.TextBlock",
                        (),
                        {
                            "help_text": "Shown letter by letter.",
                            "icon": "code",
                            "label": "Code",
                            "template": "content/blocks/code.html",
                        },
                    ),
                    10: (
                        "wagtail.blocks.PageChooserBlock",
                        (),
                        {
                            "help_text": "Its cover, title and gate; in the reader's language where it exists.",
                            "label": "resource",
                            "page_type": ["content.ResourcePage"],
                        },
                    ),
                    11: ("wagtail.blocks.StructBlock", [[("resource", 10)]], {}),
                    12: (
                        "wagtail.snippets.blocks.SnippetChooserBlock",
                        ("subscribers.SignupForm",),
                        {"help_text": "In the language of the page where the form has it.", "label": "form"},
                    ),
                    13: ("wagtail.blocks.StructBlock", [[("form", 12)]], {}),
                },
                verbose_name="body",
            ),
        ),
        migrations.AlterField(
            model_name="resourcepage",
            name="body",
            field=wagtail.fields.StreamField(
                [
                    ("heading", 0),
                    ("text", 1),
                    ("figure", 5),
                    ("quote", 8),
                    ("code", 9),
                    ("resource", 11),
                    ("signup", 13),
                ],
                blank=True,
                block_lookup={
                    0: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {
                            "help_text": "What the next part is about, in a few words.",
                            "icon": "title",
                            "label": "Heading",
                            "max_length": 160,
                            "template": "content/blocks/heading.html",
                        },
                    ),
                    1: (
                        "wagtail.blocks.RichTextBlock",
                        (),
                        {
                            "features": ["h3", "bold", "italic", "link", "ol", "ul", "hr", "superscript", "code"],
                            "help_text": "Paragraphs, lists and links. / offers the rest.",
                            "icon": "pilcrow",
                            "label": "Text",
                            "template": "content/blocks/text.html",
                        },
                    ),
                    2: ("wagtail.images.blocks.ImageBlock", [], {"label": "image"}),
                    3: (
                        "wagtail.blocks.RichTextBlock",
                        (),
                        {
                            "features": ["bold", "italic", "link"],
                            "help_text": "What the picture shows or adds.",
                            "label": "caption",
                            "required": False,
                        },
                    ),
                    4: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {
                            "help_text": "Who made it, and where it comes from.",
                            "label": "credit",
                            "max_length": 120,
                            "required": False,
                        },
                    ),
                    5: ("wagtail.blocks.StructBlock", [[("image", 2), ("caption", 3), ("credit", 4)]], {}),
                    6: (
                        "wagtail.blocks.TextBlock",
                        (),
                        {"help_text": "Without quotation marks.", "label": "text", "rows": 3},
                    ),
                    7: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {
                            "help_text": "Empty: the piece's own words, set large.",
                            "label": "who said it",
                            "max_length": 160,
                            "required": False,
                        },
                    ),
                    8: ("wagtail.blocks.StructBlock", [[("text", 6), ("source", 7)]], {}),
                    9: (
                        "wagtail.blocks.TextBlock",
                        (),
                        {
                            "help_text": "Shown letter by letter.",
                            "icon": "code",
                            "label": "Code",
                            "template": "content/blocks/code.html",
                        },
                    ),
                    10: (
                        "wagtail.blocks.PageChooserBlock",
                        (),
                        {
                            "help_text": "Its cover, title and gate; in the reader's language where it exists.",
                            "label": "resource",
                            "page_type": ["content.ResourcePage"],
                        },
                    ),
                    11: ("wagtail.blocks.StructBlock", [[("resource", 10)]], {}),
                    12: (
                        "wagtail.snippets.blocks.SnippetChooserBlock",
                        ("subscribers.SignupForm",),
                        {"help_text": "In the language of the page where the form has it.", "label": "form"},
                    ),
                    13: ("wagtail.blocks.StructBlock", [[("form", 12)]], {}),
                },
                verbose_name="what is in it",
            ),
        ),
    ]
