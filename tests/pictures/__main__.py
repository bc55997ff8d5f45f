"""`python -m tests.pictures OUT [--axe] [--readme] [NAME…]`: fill an installation, picture its views, lay the sheets.

`--axe` looks for barriers too: exit 1 when a reader would meet one. `--readme` renews the pictures of the README.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from playwright.sync_api import sync_playwright  # noqa: E402

from tests import bench  # noqa: E402
from tests.browser.conftest import CHROMIUM, QUIET  # noqa: E402
from tests.flows.stage import Stage, environment, forget_keys  # noqa: E402
from tests.pictures import sheets, shooting  # noqa: E402

USAGE = "python -m tests.pictures OUT [--axe] [--readme] [NAME…]"

OPTIONS = ("--axe", "--readme")


def main(arguments: list[str]) -> int:
    """Picture what is named, or everything; gives the exit status."""
    places = [word for word in arguments if word not in OPTIONS]
    if not places:
        print(f"Usage: {USAGE}")
        return 2
    if not Path(CHROMIUM).exists():
        print("Pictures need Chromium, and none is installed (CHROMIUM names one elsewhere).")
        return 2
    wish = shooting.Wish(Path(places[0]), places[1:], asks_axe="--axe" in arguments)
    wish.folder.mkdir(parents=True, exist_ok=True)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # as in tests/browser: the browser's loop is not Django's
    with filled() as (stage, url), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        taken = list(shooting.everything(browser, url, stage.folder / "logins.txt", wish))
        browser.close()
    made = sheets.lay(taken, wish.folder)
    if "--readme" in arguments:
        sheets.for_readme(taken)
    print(f"{len(taken)} pictures, {len(made)} sheets in {wish.folder}")
    in_the_way = [one for one in taken if one.barriers]
    for one in in_the_way:
        print(f"{one.file.stem}: {'; '.join(one.barriers)}")
    return 1 if any(not one.view.startswith("office-") for one in in_the_way) else 0


@contextmanager
def filled() -> Iterator[tuple[Stage, str]]:
    """A running installation with the sample and its logins; gives it with its address."""
    prefix = f"pictures-{os.getpid()}:"
    with bench.database() as name, tempfile.TemporaryDirectory(prefix="circolare-pictures-") as place:
        stage = Stage(name, Path(place), environment(name, Path(place), prefix))
        stage.env["EMAIL_URL"] = "inbox://"
        try:
            stage.manage("collectstatic", "--noinput", "-v", "0")
            with stage.web() as web:
                stage.manage("fill_sample")
                stage.manage("create_logins")
                with stage.worker(), stage.beat():
                    yield stage, web.url
        finally:
            stage.close()
            forget_keys(prefix)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
