"""All settings of an installation; each that may be set from outside is read once, here, by `env`."""

from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from circolare import env
from tasks.schedule import BEAT, ROUTES

BASE_DIR = Path(__file__).resolve().parents[2]
SITE_DIR = BASE_DIR / "site"
VAR_DIR = Path(env.text("CIRCOLARE_VAR_DIR", str(BASE_DIR / "var")))

env.load_file(BASE_DIR / ".env")
env.load_file(VAR_DIR / "env")  # written by the launcher, so that a second shell sees the same installation

# --- who we are ------------------------------------------------------------------------------------------
DEBUG = env.flag("DEBUG", False)
SECRET_KEY = env.text("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
# Suppressions outlive SECRET_KEY rotations: their digests have a key of their own.
CIRCOLARE_DIGEST_KEY = env.text("CIRCOLARE_DIGEST_KEY")
CIRCOLARE_DIGEST_KEY_FALLBACKS = env.words("CIRCOLARE_DIGEST_KEY_FALLBACKS")
BASE_URL = env.text("BASE_URL", "http://127.0.0.1:8000").rstrip("/")
WAGTAILADMIN_BASE_URL = BASE_URL
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", (urlsplit(BASE_URL).hostname or "localhost", "localhost", "127.0.0.1"))
CSRF_TRUSTED_ORIGINS = [BASE_URL]
# Networks whose X-Forwarded-For is believed; empty: the peer's own address is the client's.
CIRCOLARE_TRUSTED_PROXIES = env.words("CIRCOLARE_TRUSTED_PROXIES")
# How its parts are started: demo, compose; empty: by services of one's own. For the commands that the office shows.
CIRCOLARE_STARTED_BY = env.text("CIRCOLARE_STARTED_BY")
# A file of networks, one a line: clicks and reads from there are a machine's.
CIRCOLARE_DATACENTRES = env.text("CIRCOLARE_DATACENTRES")
WAGTAIL_SITE_NAME = env.text("CIRCOLARE_SITE_NAME", "Circolare")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. `make demo` makes one for a trial; for your own installation put a long random "
        "text into the environment or into .env (see docs/settings.md)."
    )
if not CIRCOLARE_DIGEST_KEY:
    raise ImproperlyConfigured("CIRCOLARE_DIGEST_KEY is not set (see docs/settings.md).")

# --- what lasts ------------------------------------------------------------------------------------------
DATABASES = {"default": env.database(env.text("DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/circolare"))}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["CONN_MAX_AGE"] = env.number("CIRCOLARE_DB_MAX_AGE", 600)
# Off behind a pooler that hands each transaction another connection and knows no prepared statements.
CIRCOLARE_PREPARED_STATEMENTS = env.flag("CIRCOLARE_PREPARED_STATEMENTS", True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- what hurries ----------------------------------------------------------------------------------------
CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", "redis://127.0.0.1:6379/0")
CIRCOLARE_KEY_PREFIX = env.text("CIRCOLARE_KEY_PREFIX", "circolare:")
_is_redis = CELERY_BROKER_URL.startswith(("redis", "rediss", "unix"))
CACHE_URL = env.text("CACHE_URL", CELERY_BROKER_URL.replace("redis+socket://", "unix://") if _is_redis else "")
if not CACHE_URL:
    raise ImproperlyConfigured("CACHE_URL is needed beside a broker that is not Redis: redis://host:6379/1")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CACHE_URL,
        "KEY_PREFIX": CIRCOLARE_KEY_PREFIX,
    }
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"global_keyprefix": CIRCOLARE_KEY_PREFIX} if _is_redis else {}
CELERY_TASK_DEFAULT_QUEUE = "upkeep"
CELERY_TASK_ROUTES = ROUTES
CELERY_BEAT_SCHEDULE = BEAT
CELERY_BEAT_SCHEDULER = "circolare.beat:Scheduler"
CELERY_TIMEZONE = "UTC"

# --- how mail leaves -------------------------------------------------------------------------------------
EMAIL_URL = env.text("EMAIL_URL", "inbox://")
# A server that only catches mail for a trial: nothing of it reaches a reader, so checks.refuse_unsafe lets it be.
CIRCOLARE_MAIL_IS_CAUGHT = env.flag("CIRCOLARE_MAIL_IS_CAUGHT", False)
DEFAULT_FROM_EMAIL = env.text("CIRCOLARE_FROM", "redazione@circolare.example")
EMAIL_BACKEND = "campaigns.transports.staff.StaffMailBackend"  # password resets of staff go by the same transport
ANYMAIL: dict[str, str] = {
    key.removeprefix("ANYMAIL_"): env.text(key) for key in env.words("CIRCOLARE_ANYMAIL_SETTINGS")
}
CIRCOLARE_LEASE_SECONDS = env.number("CIRCOLARE_LEASE_SECONDS", 60, at_least=2)  # silence after which a hand is dead
CIRCOLARE_RETRY_HOURS = env.number("CIRCOLARE_RETRY_HOURS", 72, at_least=1)  # how long "later" is believed
CIRCOLARE_UNDO_SECONDS = env.number("CIRCOLARE_UNDO_SECONDS", 30)
CIRCOLARE_LOOP_MIN_SECONDS = env.number("CIRCOLARE_LOOP_MIN_SECONDS", 86_400)
CIRCOLARE_CAP_MAILS = env.number("CIRCOLARE_CAP_MAILS", 0)  # mails per person and window; 0 is no cap
CIRCOLARE_CAP_DAYS = env.number("CIRCOLARE_CAP_DAYS", 7, at_least=1)
CIRCOLARE_QUIET_HOURS = env.text("CIRCOLARE_QUIET_HOURS", "")  # "21-8" in the reader's zone; empty is none
CIRCOLARE_UNCONFIRMED_DAYS = env.number("CIRCOLARE_UNCONFIRMED_DAYS", 30, at_least=1)
CIRCOLARE_SIGNUP_CEILING = env.number("CIRCOLARE_SIGNUP_CEILING", 300, at_least=1)  # in ten minutes, then forms rest
CIRCOLARE_PROOF_DAYS = env.number("CIRCOLARE_PROOF_DAYS", 730, at_least=1)
CIRCOLARE_AGENT_DAYS = env.number("CIRCOLARE_AGENT_DAYS", 30, at_least=1)  # what browsers say of themselves
CIRCOLARE_EVENT_DAYS = env.number("CIRCOLARE_EVENT_DAYS", 730, at_least=30)

# --- the parts -------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "campaigns",
    "subscribers",
    "content",
    "circolare",
    "anymail",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.simple_translation",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "circolare.compression.TextCompressionMiddleware",
    "circolare.headers.PolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "circolare.languages.AddressLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]
ROOT_URLCONF = "circolare.urls"
WSGI_APPLICATION = "circolare.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [SITE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
            ]
        },
    }
]

# --- languages and time ----------------------------------------------------------------------------------
LANGUAGE_CODE = "it"
LANGUAGES = [("it", _("Italian")), ("en", _("English"))]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAIL_I18N_ENABLED = True
LOCALE_PATHS = [SITE_DIR / "locale", SITE_DIR / "locale_wagtail"]
USE_TZ = True
TIME_ZONE = env.text("CIRCOLARE_TIME_ZONE", "Europe/Rome")

# --- files -----------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [SITE_DIR / "static"]
# Originals and documents have no address of their own; only renditions are public.
MEDIA_ROOT = VAR_DIR / "media"
MEDIA_URL = "/media-is-not-served/"
RENDITIONS_ROOT = VAR_DIR / "renditions"
RENDITIONS_URL = "/renditions/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "renditions": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": RENDITIONS_ROOT, "base_url": RENDITIONS_URL},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WAGTAILIMAGES_RENDITION_STORAGE = "renditions"
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 15 * 1024 * 1024  # bytes
WAGTAILDOCS_MAX_UPLOAD_SIZE = 50 * 1024 * 1024  # bytes
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_EXTENSIONS = [
    "csv",
    "docx",
    "epub",
    "key",
    "mp3",
    "mp4",
    "odt",
    "pdf",
    "pptx",
    "txt",
    "vtt",
    "webm",
    "xlsx",
    "zip",
]

# --- Wagtail ---------------------------------------------------------------------------------------------
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "modelsearch.backends.database", "SEARCH_CONFIG": "italian"}}
TASKS = {"default": {"BACKEND": "content.indexing.Backend"}}  # of Wagtail: its search index
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_WORKFLOW_ENABLED = True
WAGTAILADMIN_USER_LOGIN_FORM = "circolare.staff.LoginForm"  # with limits on guessing
WAGTAILADMIN_USER_PASSWORD_RESET_FORM = "circolare.staff.PasswordResetForm"  # noqa: S105
SILENCED_SYSTEM_CHECKS: list[str] = []

# --- safety ----------------------------------------------------------------------------------------------
_is_https = BASE_URL.startswith("https://")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CIRCOLARE_TRUSTED_PROXIES else None
SECURE_SSL_REDIRECT = _is_https and env.flag("CIRCOLARE_SSL_REDIRECT", False)
SECURE_HSTS_SECONDS = 31_536_000 if _is_https else 0
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _is_https
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "SAMEORIGIN"  # Wagtail's preview panel frames our own pages
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024  # bytes; a StreamField post is below 1 MB
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # Wagtail's own advice for long StreamFields
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# --- what is told ----------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("CIRCOLARE_LOG_LEVEL", "INFO")},
    "loggers": {
        "django_tasks": {"level": "WARNING"},  # Wagtail's own indexing, a line a save
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
    },
}
