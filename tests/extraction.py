"""Settings for reading the words out of a copy of the sources: the catalogue lies below the current folder."""

from pathlib import Path

SECRET_KEY = "only-for-reading-sources"
LOCALE_PATHS = [Path.cwd() / "site" / "locale"]
LANGUAGES = [("it", "Italian"), ("en", "English")]
