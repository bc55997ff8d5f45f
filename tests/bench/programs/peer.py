"""django-newsletter sends the same letter to the same sink: `python -m tests.bench.programs.peer N PORT HTML TEXT`.

Takes: how many readers, the sink's port, two files with the letter, `NAME` where the reader's name stands. Its own
submit() does the work, in a database of its own (DATABASE_URL). The image library it asks for is left out: this letter
has no image.
Prints one JSON object: mails, seconds, cpu_seconds, peak_mb.
"""

import json
import os
import resource
import sys
import time
import types
from datetime import timedelta
from pathlib import Path

import django
from django.conf import settings
from django.db import models
from django.urls import include, path

N_READERS, PORT, HTML, TEXT = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4])
NAMED = "{{ subscription.name }}"


def configure() -> None:
    """A site of nothing but django-newsletter."""
    from circolare import env  # noqa: PLC0415 - after the path is set

    sorl, thumbnail, fields = (types.ModuleType(name) for name in ("sorl", "sorl.thumbnail", "sorl.thumbnail.fields"))
    fields.ImageField, thumbnail.fields, sorl.thumbnail = models.ImageField, fields, thumbnail
    sys.modules |= {module.__name__: module for module in (sorl, thumbnail, fields)}
    templates = {
        "newsletter/message/message.html": HTML.read_text(encoding="utf-8").replace("NAME", NAMED),
        "newsletter/message/message.txt": TEXT.read_text(encoding="utf-8").replace("NAME", NAMED),
        "newsletter/message/message_subject.txt": "The letter",
    }
    settings.configure(
        SECRET_KEY="peer",
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "django.contrib.sites",
            "newsletter",
        ],
        DATABASES={"default": env.database(os.environ["DATABASE_URL"])},
        SITE_ID=1,
        NEWSLETTER_THUMBNAIL="sorl-thumbnail",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=PORT,
        ROOT_URLCONF=__name__,
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        LOGGING_CONFIG=None,
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {"loaders": [("django.template.loaders.locmem.Loader", templates)]},
            }
        ],
    )
    django.setup()


def prepare() -> object:
    """A submission to all readers."""
    from django.core.management import call_command  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415
    from newsletter.models import Message, Newsletter, Submission, Subscription  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    letter = Newsletter.objects.create(title="Letter", slug="letter", email="ada@letters.example", sender="Ada")
    Subscription.objects.bulk_create(
        Subscription(
            newsletter=letter,
            name_field=f"Reader {number}",
            email_field=f"peer{number}@letters.example",
            subscribed=True,
            activation_code=f"{number:040d}",
        )
        for number in range(N_READERS)
    )
    message = Message.objects.create(title="The letter", slug="the-letter", newsletter=letter)
    submission = Submission.objects.create(
        message=message, newsletter=letter, prepared=True, publish_date=timezone.now() - timedelta(minutes=1)
    )
    submission.subscriptions.set(Subscription.objects.all())
    return submission


def main() -> None:
    """Measure submit() alone."""
    submission = prepare()
    begun_at, cpu_before = time.monotonic(), time.process_time()
    submission.submit()
    seconds = time.monotonic() - begun_at
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    cpu_seconds = time.process_time() - cpu_before
    print(json.dumps({"mails": N_READERS, "seconds": seconds, "cpu_seconds": cpu_seconds, "peak_mb": peak_mb}))


configure()
urlpatterns = [path("newsletter/", include("newsletter.urls"))]

if __name__ == "__main__":
    main()
