"""The purpose that every installation has: may we see what this person reads and clicks?"""

from django.db import migrations
from django.db.migrations.state import StateApps

WORDINGS = {
    "it": (
        "Potete vedere quali articoli apro e quali link uso, per mandarmi cose più adatte a me. "
        "Posso cambiare idea in ogni mail."
    ),
    "en": (
        "You may see which articles I open and which links I use, to send me things that suit me better. "
        "I can change my mind in every mail."
    ),
}


def make_purpose(apps: StateApps, schema_editor: object) -> None:
    """Write the purpose with its first wording in both languages."""
    purpose = apps.get_model("subscribers", "Purpose").objects.create(
        key="tracking",
        kind="tracking",
        title_it="Letture e clic",
        title_en="Reading and clicks",
        is_open=True,
    )
    wording = apps.get_model("subscribers", "Wording")
    for locale, text in WORDINGS.items():
        wording.objects.create(purpose=purpose, locale=locale, version=1, text=text)


class Migration(migrations.Migration):
    dependencies = [("subscribers", "0001_initial")]

    operations = [migrations.RunPython(make_purpose, migrations.RunPython.noop)]
