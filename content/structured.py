"""What an article says about itself to machines. Source: schema.org Article (read 2026-11)."""

import json
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from content.look import shown
from content.models import ArticlePage, Author

ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def article(page: ArticlePage, author: Author | None, *, url: str, picture_url: str) -> SafeString:
    """JSON-LD text, safe inside a <script type="application/ld+json">."""
    said: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": page.title,
        "description": page.standfirst,
        "inLanguage": page.locale.language_code,
        "datePublished": page.published_at.isoformat(),
        "mainEntityOfPage": url,
        "image": picture_url,
        "publisher": {"@type": "Organization", "name": shown.current().name, "url": settings.BASE_URL},
    }
    if page.updated_at:
        said["dateModified"] = page.updated_at.isoformat()
    if author:
        said["author"] = {"@type": "Person", "name": author.name}
    return mark_safe(json.dumps(said, ensure_ascii=False).translate(ESCAPES))  # noqa: S308 — escaped just above
