"""`manage.py create_logins`: one login for each role, with passwords that stand in `var/logins.txt` alone."""

import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

LOGINS = {  # role, first and last name: those of the sample's invented authors, where they do that work there
    "author": ("Authors", "Nora", "Belvento"),
    "editor": ("Editors", "Livia", "Ortensi"),
    "marketer": ("Marketers", "Tommaso", "Querciola"),
    "analyst": ("Analysts", "Saverio", "Ginestrale"),
    "admin": ("Administrators", "Ada", "Portaluce"),
}
HEAD = "# Logins of the sample. Readable by you alone; change the passwords before others can reach the site.\n"


class Command(BaseCommand):
    """Create the sample logins that do not exist yet; safe to run twice."""

    help = "Creates author, editor, marketer, analyst and admin with random passwords, kept in var/logins.txt."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the users and then the file.

        Raises: CommandError when the groups were not migrated.
        """
        file = Path(settings.VAR_DIR) / "logins.txt"
        known = read(file)
        made = create_missing(known)
        write(file, known | made)
        self.stdout.write(f"{len(made)} logins created, {len(LOGINS) - len(made)} existed; passwords in {file}")


@transaction.atomic
def create_missing(known: dict[str, str]) -> dict[str, str]:
    """Create the users that do not exist, with their known password or a new one; gives name → password of those."""
    user_model = get_user_model()
    made = {}
    for name, (role, first, last) in LOGINS.items():
        if user_model.objects.filter(username=name).exists():
            continue
        group = Group.objects.filter(name=role).first()
        if group is None:
            raise CommandError(f"There is no group {role}: run `manage.py migrate` first.")
        made[name] = known.get(name) or secrets.token_urlsafe(12)
        names = {"first_name": first, "last_name": last}
        user = user_model.objects.create_user(name, f"{name}@circolare.example", made[name], **names)
        user.groups.add(group)
    return made


def read(file: Path) -> dict[str, str]:
    """Name → password, as an earlier run wrote them."""
    if not file.exists():
        return {}
    rows = (line.split() for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return {row[0]: row[1] for row in rows if len(row) == 2}


def write(file: Path, logins: dict[str, str]) -> None:
    """Replace the file at once, readable by its owner alone."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as handle:
        handle.write(HEAD + "".join(f"{name:<10} {logins[name]}\n" for name in LOGINS if name in logins))
    unfinished.rename(file)
