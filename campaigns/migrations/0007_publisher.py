"""Who stands behind the mails, one row a site."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0006_message_in_full"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [
        migrations.CreateModel(
            name="PublisherSettings",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(
                        blank=True, help_text="A person's or a firm's name.", max_length=120, verbose_name="publisher"
                    ),
                ),
                ("address_it", models.TextField(blank=True, verbose_name="postal address, in Italian")),
                (
                    "address_en",
                    models.TextField(
                        blank=True,
                        help_text="Empty: as it stands in Italian.",
                        verbose_name="postal address, in English",
                    ),
                ),
                (
                    "contact",
                    models.CharField(
                        blank=True,
                        help_text="An address or a phone number that somebody answers.",
                        max_length=200,
                        verbose_name="contact",
                    ),
                ),
                (
                    "rights_it",
                    models.CharField(
                        blank=True,
                        help_text="An address, or the address of a page.",
                        max_length=200,
                        verbose_name="where to ask about one's data, in Italian",
                    ),
                ),
                (
                    "rights_en",
                    models.CharField(
                        blank=True,
                        help_text="Empty: as it stands in Italian.",
                        max_length=200,
                        verbose_name="where to ask about one's data, in English",
                    ),
                ),
                (
                    "site",
                    models.OneToOneField(
                        editable=False, on_delete=django.db.models.deletion.CASCADE, to="wagtailcore.site"
                    ),
                ),
            ],
            options={
                "verbose_name": "publisher",
            },
        ),
    ]
