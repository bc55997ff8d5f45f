import wagtail.fields
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0017_no_promise"),
    ]

    operations = [
        migrations.AlterField(
            model_name="email",
            name="body",
            field=wagtail.fields.StreamField(
                [
                    ("heading", 0),
                    ("text", 1),
                    ("article", 4),
                    ("resource", 7),
                    ("button", 12),
                    ("figure", 15),
                    ("quote", 18),
                    ("divider", 19),
                    ("signature", 20),
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
                        },
                    ),
                    1: (
                        "wagtail.blocks.RichTextBlock",
                        (),
                        {
                            "features": ["bold", "italic", "link", "ol", "ul"],
                            "help_text": "{{ person.first_name | default: 'reader' }} puts in a name. The anchors #home, #leave, #why and #web lead to the reader's own pages.",
                            "icon": "pilcrow",
                            "label": "Text",
                        },
                    ),
                    2: (
                        "wagtail.blocks.PageChooserBlock",
                        (),
                        {
                            "help_text": "Published; its cover and title come along.",
                            "label": "article",
                            "page_type": ["content.ArticlePage"],
                        },
                    ),
                    3: (
                        "wagtail.blocks.TextBlock",
                        (),
                        {
                            "help_text": "Empty: the article's own standfirst.",
                            "label": "why read it",
                            "required": False,
                            "rows": 2,
                        },
                    ),
                    4: ("wagtail.blocks.StructBlock", [[("article", 2), ("lead", 3)]], {}),
                    5: (
                        "wagtail.blocks.PageChooserBlock",
                        (),
                        {
                            "help_text": "Published; its cover and title come along.",
                            "label": "resource",
                            "page_type": ["content.ResourcePage"],
                        },
                    ),
                    6: (
                        "wagtail.blocks.TextBlock",
                        (),
                        {
                            "help_text": "Empty: the resource's own abstract.",
                            "label": "why take it",
                            "required": False,
                            "rows": 2,
                        },
                    ),
                    7: ("wagtail.blocks.StructBlock", [[("resource", 5), ("lead", 6)]], {}),
                    8: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {"help_text": "What happens next, beginning with a verb.", "label": "label", "max_length": 60},
                    ),
                    9: (
                        "wagtail.blocks.PageChooserBlock",
                        (),
                        {
                            "help_text": "One of yours; in the reader's language where it exists.",
                            "label": "page",
                            "required": False,
                        },
                    ),
                    10: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {
                            "help_text": "Complete, with https://. In journey mails also {{ context.something | url }}, and nothing around it.",
                            "label": "or address",
                            "max_length": 500,
                            "required": False,
                        },
                    ),
                    11: (
                        "wagtail.blocks.ChoiceBlock",
                        [],
                        {
                            "choices": [
                                ("home", "page with preferences"),
                                ("leave", "page to leave"),
                                ("why", "page that says why the mail came"),
                                ("web", "web version of the issue"),
                                ("resource", "resource that was unlocked"),
                            ],
                            "help_text": "Another address for each reader, without a password.",
                            "label": "or the reader's own",
                            "required": False,
                        },
                    ),
                    12: ("wagtail.blocks.StructBlock", [[("label", 8), ("page", 9), ("url", 10), ("place", 11)]], {}),
                    13: ("wagtail.images.blocks.ImageBlock", [], {"label": "image"}),
                    14: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {
                            "help_text": "What the picture shows or adds.",
                            "label": "caption",
                            "max_length": 200,
                            "required": False,
                        },
                    ),
                    15: ("wagtail.blocks.StructBlock", [[("image", 13), ("caption", 14)]], {}),
                    16: (
                        "wagtail.blocks.TextBlock",
                        (),
                        {"help_text": "Without quotation marks.", "label": "text", "rows": 3},
                    ),
                    17: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {
                            "help_text": "Empty: the mail's own words, set large.",
                            "label": "who said it",
                            "max_length": 160,
                            "required": False,
                        },
                    ),
                    18: ("wagtail.blocks.StructBlock", [[("text", 16), ("source", 17)]], {}),
                    19: (
                        "wagtail.blocks.static_block.StaticBlock",
                        (),
                        {"admin_text": "A rule across the column.", "icon": "horizontalrule", "label": "Rule"},
                    ),
                    20: (
                        "wagtail.blocks.TextBlock",
                        (),
                        {"help_text": "Who writes, line by line.", "icon": "user", "label": "Signature", "rows": 2},
                    ),
                },
                verbose_name="body",
            ),
        ),
        migrations.AlterField(
            model_name="issuepage",
            name="body",
            field=wagtail.fields.StreamField(
                [
                    ("heading", 0),
                    ("text", 1),
                    ("article", 4),
                    ("resource", 7),
                    ("button", 12),
                    ("figure", 15),
                    ("quote", 18),
                    ("divider", 19),
                    ("signature", 20),
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
                        },
                    ),
                    1: (
                        "wagtail.blocks.RichTextBlock",
                        (),
                        {
                            "features": ["bold", "italic", "link", "ol", "ul"],
                            "help_text": "{{ person.first_name | default: 'reader' }} puts in a name. The anchors #home, #leave, #why and #web lead to the reader's own pages.",
                            "icon": "pilcrow",
                            "label": "Text",
                        },
                    ),
                    2: (
                        "wagtail.blocks.PageChooserBlock",
                        (),
                        {
                            "help_text": "Published; its cover and title come along.",
                            "label": "article",
                            "page_type": ["content.ArticlePage"],
                        },
                    ),
                    3: (
                        "wagtail.blocks.TextBlock",
                        (),
                        {
                            "help_text": "Empty: the article's own standfirst.",
                            "label": "why read it",
                            "required": False,
                            "rows": 2,
                        },
                    ),
                    4: ("wagtail.blocks.StructBlock", [[("article", 2), ("lead", 3)]], {}),
                    5: (
                        "wagtail.blocks.PageChooserBlock",
                        (),
                        {
                            "help_text": "Published; its cover and title come along.",
                            "label": "resource",
                            "page_type": ["content.ResourcePage"],
                        },
                    ),
                    6: (
                        "wagtail.blocks.TextBlock",
                        (),
                        {
                            "help_text": "Empty: the resource's own abstract.",
                            "label": "why take it",
                            "required": False,
                            "rows": 2,
                        },
                    ),
                    7: ("wagtail.blocks.StructBlock", [[("resource", 5), ("lead", 6)]], {}),
                    8: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {"help_text": "What happens next, beginning with a verb.", "label": "label", "max_length": 60},
                    ),
                    9: (
                        "wagtail.blocks.PageChooserBlock",
                        (),
                        {
                            "help_text": "One of yours; in the reader's language where it exists.",
                            "label": "page",
                            "required": False,
                        },
                    ),
                    10: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {
                            "help_text": "Complete, with https://. In journey mails also {{ context.something | url }}, and nothing around it.",
                            "label": "or address",
                            "max_length": 500,
                            "required": False,
                        },
                    ),
                    11: (
                        "wagtail.blocks.ChoiceBlock",
                        [],
                        {
                            "choices": [
                                ("home", "page with preferences"),
                                ("leave", "page to leave"),
                                ("why", "page that says why the mail came"),
                                ("web", "web version of the issue"),
                                ("resource", "resource that was unlocked"),
                            ],
                            "help_text": "Another address for each reader, without a password.",
                            "label": "or the reader's own",
                            "required": False,
                        },
                    ),
                    12: ("wagtail.blocks.StructBlock", [[("label", 8), ("page", 9), ("url", 10), ("place", 11)]], {}),
                    13: ("wagtail.images.blocks.ImageBlock", [], {"label": "image"}),
                    14: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {
                            "help_text": "What the picture shows or adds.",
                            "label": "caption",
                            "max_length": 200,
                            "required": False,
                        },
                    ),
                    15: ("wagtail.blocks.StructBlock", [[("image", 13), ("caption", 14)]], {}),
                    16: (
                        "wagtail.blocks.TextBlock",
                        (),
                        {"help_text": "Without quotation marks.", "label": "text", "rows": 3},
                    ),
                    17: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {
                            "help_text": "Empty: the mail's own words, set large.",
                            "label": "who said it",
                            "max_length": 160,
                            "required": False,
                        },
                    ),
                    18: ("wagtail.blocks.StructBlock", [[("text", 16), ("source", 17)]], {}),
                    19: (
                        "wagtail.blocks.static_block.StaticBlock",
                        (),
                        {"admin_text": "A rule across the column.", "icon": "horizontalrule", "label": "Rule"},
                    ),
                    20: (
                        "wagtail.blocks.TextBlock",
                        (),
                        {"help_text": "Who writes, line by line.", "icon": "user", "label": "Signature", "rows": 2},
                    ),
                },
                verbose_name="body",
            ),
        ),
    ]
