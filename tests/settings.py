"""Settings of the test run: the product's own, on databases and keys that belong to the tests."""

import os
import tempfile

os.environ.setdefault("SECRET_KEY", "test-secret-key-that-is-long-enough-0123456789abcdef")
os.environ.setdefault("CIRCOLARE_DIGEST_KEY", "test-digest-key-that-is-long-enough-0123456789abcdef")
os.environ.setdefault("DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/circolare")
os.environ.setdefault("CELERY_BROKER_URL", "redis://127.0.0.1:6379/0")
os.environ.setdefault("CIRCOLARE_KEY_PREFIX", "circolare-test:")
# Test processes side by side must not empty each other's keys.
_worker = f"{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}:"
if not os.environ["CIRCOLARE_KEY_PREFIX"].endswith(_worker):
    os.environ["CIRCOLARE_KEY_PREFIX"] += _worker
os.environ.setdefault("CIRCOLARE_MAIL_IS_CAUGHT", "yes")  # by the sinks of the tests
os.environ.setdefault("CIRCOLARE_VAR_DIR", tempfile.mkdtemp(prefix="circolare-test-"))

from circolare.settings import *  # noqa: E402, F403
from circolare.settings import DATABASES, STATIC_ROOT, STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns where it is missing, and warnings are errors
DATABASES["default"]["CONN_MAX_AGE"] = 0
DATABASES["default"]["TEST"] = {"NAME": f"test_{DATABASES['default']['NAME']}"}

WHITENOISE_USE_FINDERS = True  # browser tests see styles without collecting them first
