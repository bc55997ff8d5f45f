"""How the pages here become a site: `make docs`. The contents are what index.md links to, under its headings."""

import re
from importlib.metadata import version as installed

from sphinx.application import Sphinx

project = "Circolare"
author = "the Circolare authors"
release = version = installed("circolare")
extensions = ["myst_parser", "sphinx_wagtail_theme"]
exclude_patterns = ["_build"]
templates_path = ["_templates"]
highlight_language = "none"  # drawings and addresses; code names its language
myst_heading_anchors = 3  # links such as mails.md#personalisation
html_theme = "sphinx_wagtail_theme"
html_theme_options = {
    "project_name": project,
    "logo": "header-ring.svg",
    "logo_alt": "",
    "footer_links": "",
    "github_url": "",
}
html_static_path = ["_static"]
html_favicon = "../site/static/circolare/img/ring.svg"
html_show_copyright = False

SECTION = re.compile(r"^## (?P<heading>.+?)$(?P<links>.+?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
PAGE = re.compile(r"\]\(([\w-]+)\.md\)")
CONTENTS = """
```{{toctree}}
:hidden:
:caption: {heading}
{pages}
```
"""


def add_contents(app: Sphinx, name: str, source: list[str]) -> None:
    """Give the index the hidden tables that the sidebar shows, so that index.md itself stays plain Markdown."""
    if name == "index":
        source[0] += "".join(
            CONTENTS.format(heading=section["heading"], pages="\n".join(PAGE.findall(section["links"])))
            for section in SECTION.finditer(source[0])
        )


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("source-read", add_contents)
