"""What tests read out of a page."""

import re


def focused(html: str) -> list[str]:
    """Ids of what has the cursor when the page opens; a button without one is called by its words."""
    tags = re.findall(r"<([a-z]+)([^>]*) autofocus([^>]*)>([^<]*)", html)
    found = [(re.search(r' id="([^"]+)"', before + after), words) for _tag, before, after, words in tags]
    return [named[1] if named else words for named, words in found]
