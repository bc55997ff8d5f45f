"""Bring in articles: Markdown files or a WordPress export."""

import argparse
import csv
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Page

from content.importing import decoding, progress, run
from content.importing.findings import Finding, Report
from content.importing.images import Gallery
from content.importing.names import Names
from content.importing.writing import Desk, Publishing, Wishes
from content.models import ColumnPage, MagazinePage

N_SHOWN = 20  # notes on the screen; --report keeps all
COUNTED = ("published", "drafted", "known", "skipped", "images", "names", "links")
STOPPED = 130  # the exit status of a command stopped by Ctrl-C


class Command(BaseCommand):
    help = "Bring in articles from Markdown files or a WordPress export (WXR). Safe to run twice."

    def add_arguments(self, parser: CommandParser) -> None:
        """Name what may be asked for."""
        parser.add_argument("path", type=Path, help="a file, or a folder with files and images")
        parser.add_argument("--author", default="", help="for pieces that name nobody")
        parser.add_argument("--language", default="", help="for pieces that name none: it, en")
        parser.add_argument("--topic", action="append", default=[], help="for pieces without any; may be given again")
        parser.add_argument("--under", default="", help="magazine or column: its id, its slug or its address")
        public = parser.add_mutually_exclusive_group()
        public.add_argument("--publish", action="store_true", help="publish those too that do not say")
        public.add_argument("--draft", action="store_true", help="make everything a draft")
        parser.add_argument("--encoding", default="", help="of Markdown files that are not Unicode: cp1252")
        parser.add_argument("--report", type=Path, help="write every finding into this CSV file")
        parser.add_argument("--dry-run", action="store_true", help="read everything, write nothing")
        parser.formatter_class = argparse.ArgumentDefaultsHelpFormatter

    def handle(self, *args: Any, **options: Any) -> None:
        """Look at everything, bring in what is sound, and tell what was done."""
        load = self._look(options["path"], options["encoding"])
        is_dry = options["dry_run"]
        desk = Desk(self._wishes(options), timezone.now(), Names(is_dry))
        work = (run.Rehearsal if is_dry else run.Import)(load, desk, Gallery(is_dry), lambda *_step: None)
        is_stopped = self._work(work)
        self._tell(load.report, is_dry=is_dry)
        if options["report"]:
            write_report(options["report"], load.report)
        if is_stopped:
            self.stderr.write(_("Stopped. The same command again goes on from here."))
            raise SystemExit(STOPPED)
        if load.report.refused:
            raise CommandError(_("Some files were refused whole; nothing of them came in."))

    def _look(self, path: Path, encoding: str) -> run.Load:
        if not path.exists():
            raise CommandError(_("There is no “%(path)s”.") % {"path": path})
        try:
            load = run.look(path, decoding.known(encoding))
        except LookupError as error:
            raise CommandError(_("Nobody knows the encoding “%(name)s”.") % {"name": encoding}) from error
        if not load.sources and not load.report.refused:
            raise CommandError(_("“%(path)s” holds no Markdown file and no WordPress export.") % {"path": path})
        return load

    def _wishes(self, options: dict[str, Any]) -> Wishes:
        publishing = (
            Publishing.ALL if options["publish"] else Publishing.NONE if options["draft"] else Publishing.AS_SAID
        )
        return Wishes(
            author=options["author"],
            language=options["language"],
            topics=tuple(options["topic"]),
            under=find_parent(options["under"]) if options["under"] else None,
            publishing=publishing,
        )

    def _work(self, work: run.Import) -> bool:
        """Run it under the lock; gives whether it was stopped by hand."""
        try:
            with run.alone(), progress.quiet(), progress.shown(self.stderr) as work.step:
                work.run()
        except run.Busy as error:
            raise CommandError(_("Another import is running.")) from error
        except KeyboardInterrupt:
            return True
        return False

    def _tell(self, report: Report, *, is_dry: bool) -> None:
        if is_dry:
            self.stdout.write(self.style.WARNING(_("Nothing was written: this was a rehearsal.")))
        counts = {name: report.counts[name] for name in COUNTED} | {"pieces": report.n_pieces}
        self.stdout.write(
            _(
                "%(pieces)d pieces: %(published)d published, %(drafted)d drafts, %(known)d already here, "
                "%(skipped)d left out."
            )
            % counts
        )
        self.stdout.write(
            _("New images: %(images)d. New authors and topics: %(names)d. Links led to our pages: %(links)d.") % counts
        )
        self._list(_("Refused whole"), report.refused, self.style.ERROR)
        self._list(_("Left out"), report.skipped, self.style.WARNING)
        self._list(_("Came in otherwise than it was"), report.notes, self.style.NOTICE)

    def _list(self, title: str, findings: list[Finding], style: Any) -> None:
        if not findings:
            return
        self.stdout.write(style(f"{title}:"))
        for finding in findings[:N_SHOWN]:
            self.stdout.write(f"  {finding}")
        if more := len(findings[N_SHOWN:]):
            text = ngettext(
                "and %(count)d more; --report FILE keeps it", "and %(count)d more; --report FILE keeps them", more
            )
            self.stdout.write(f"  … {text % {'count': more}}")


def find_parent(wanted: str) -> Page:
    """The magazine or column that an id, a slug or an address names. Raises CommandError for none or several."""
    pages = Page.objects.type((MagazinePage, ColumnPage))
    if wanted.isdecimal():
        found = list(pages.filter(pk=int(wanted)))
    else:
        slug = wanted.rstrip("/").rpartition("/")[2]
        found = [
            page for page in pages.filter(slug=slug) if "/" not in wanted or (page.url or "").endswith(_path(wanted))
        ]
    if len(found) != 1:
        raise CommandError(
            _("“%(name)s” names %(count)d magazines or columns.") % {"name": wanted, "count": len(found)}
        )
    return found[0].specific


def _path(address: str) -> str:
    return (
        "/" + address.split("://")[-1].partition("/")[2].strip("/") + "/"
        if "://" in address
        else f"/{address.strip('/')}/"
    )


def write_report(path: Path, report: Report) -> None:
    """Every finding as a row: what, file, line, column, byte, message."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(["what", "file", "line", "column", "byte", "message"])
        for what, findings in (("refused", report.refused), ("skipped", report.skipped), ("note", report.notes)):
            for finding in findings:
                place = finding.place
                byte = "" if place.byte is None else place.byte
                writer.writerow([what, place.file, place.line or "", place.column or "", byte, str(finding.message)])
