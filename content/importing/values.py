"""What people write in heads: one word list for every tool's name of the same thing."""

import re

from content.importing.pieces import Term, Wish

# our word: what Hugo, Jekyll, Pelican, Hexo, Eleventy, Ghost and Italians call it
NAMES = {
    "title": ("title", "titolo"),
    "slug": ("slug", "permalink"),
    "standfirst": (
        "standfirst",
        "description",
        "summary",
        "excerpt",
        "subtitle",
        "abstract",
        "sommario",
        "descrizione",
    ),
    "author": ("author", "authors", "autore", "autori", "by"),
    "topics": ("topics", "topic", "categories", "category", "categoria", "categorie", "tags", "tag"),
    "date": ("date", "published_at", "publish_date", "publishdate", "pubdate", "published", "data", "created"),
    "language": ("language", "lang", "locale", "lingua"),
    "cover": ("cover", "image", "cover_image", "featured_image", "thumbnail", "hero", "copertina"),
    "twin": ("translation_key", "translationkey", "translation"),
    "id": ("id", "guid", "uuid"),
}
READ = frozenset(name for names in NAMES.values() for name in names) | {"draft", "status", "further_reading"}
YES = frozenset({"true", "yes", "1", "on", "si", "sì", "vero"})
NO = frozenset({"false", "no", "0", "off", "falso"})
PUBLIC = frozenset({"published", "publish", "public", "live", "pubblicato"})
HIDDEN = frozenset({"draft", "private", "hidden", "pending", "bozza", "privato"})
LANGUAGES = {"italian": "it", "italiano": "it", "english": "en", "inglese": "en", "ita": "it", "eng": "en"}


def first(head: dict[str, object], name: str) -> str:
    """The first text the head gives for one of our words, "" where it gives none."""
    for key in NAMES[name]:
        if found := one(head.get(key)):
            return found
    return ""


def one(value: object) -> str:
    """One text out of a text, a list or a mapping such as `{name: …}`."""
    if isinstance(value, dict):
        return next((one(value[key]) for key in ("name", "title", "src", "url", "image", "path") if key in value), "")
    if isinstance(value, list):
        return next((found for item in value if (found := one(item))), "")
    return " ".join(str(value).split()) if value is not None else ""


def authors(head: dict[str, object]) -> tuple[str, ...]:
    """Every author named; a comma stays part of a name."""
    found: list[str] = []
    for key in NAMES["author"]:
        value = head.get(key)
        found += [one(item) for item in value] if isinstance(value, list) else re.split(r"\s+&\s+|;", one(value))
    return tuple(dict.fromkeys(name.strip() for name in found if name.strip()))


def terms(head: dict[str, object]) -> tuple[Term, ...]:
    """Every category and tag, in order, once."""
    found: list[str] = []
    for key in NAMES["topics"]:
        value = head.get(key)
        found += [one(item) for item in value] if isinstance(value, list) else re.split(r"[,;]", one(value))
    return tuple(Term(name) for name in dict.fromkeys(name.strip() for name in found) if name)


def wish(head: dict[str, object]) -> Wish:
    """Public, not public, or nothing said."""
    words = {key: one(head.get(key)).lower() for key in ("draft", "published", "status")}
    if words["draft"] in YES or words["published"] in NO or words["status"] in HIDDEN:
        return Wish.DRAFT
    if words["draft"] in NO or words["published"] in YES or words["status"] in PUBLIC:
        return Wish.LIVE
    return Wish.UNSAID


def language(written: str) -> str:
    """`it` or `en` for any common writing of it; other codes as their first two letters; "" for nothing."""
    text = written.strip().lower()
    return LANGUAGES.get(text, text.replace("_", "-").split("-")[0])


def rows(value: object, names: tuple[str, ...]) -> tuple[dict[str, str], ...]:
    """A list of mappings reduced to the named texts; items of another shape are left out."""
    items = value if isinstance(value, list) else []
    return tuple({name: one(item.get(name)) for name in names} for item in items if isinstance(item, dict))
