"""The installation goes into a file and comes back whole, with sending closed; a bad archive changes nothing."""

import io
import json
import stat
import tarfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from campaigns import fence
from campaigns.models import Account, Delivery, Fence, Mailing
from campaigns.safekeeping.archive import DATABASE, DIGESTS
from subscribers.models import Subscriber
from tests.factories import subscribers as people
from tests.flows.stage import Stage


@pytest.fixture(autouse=True)
def own_renditions(settings: object, tmp_path: Path) -> None:
    """Commands run in this process look where the stage looks."""
    settings.RENDITIONS_ROOT = tmp_path / "renditions"


def manage(*arguments: str) -> str:
    """Run a command in this process, on the stage's database; gives what it said."""
    said = io.StringIO()
    call_command(*arguments, stdout=said)
    return said.getvalue()


@pytest.fixture
def archive(stage: Stage) -> Path:
    """An archive of a stage with one reader and one upload."""
    people.subscriber("anna@letters.example")
    (stage.folder / "media" / "documents").mkdir(parents=True)
    (stage.folder / "media" / "documents" / "guida.pdf").write_bytes(b"%PDF the guide")
    fence.is_open()
    manage("backup", str(stage.folder / "archive.tar"))
    return stage.folder / "archive.tar"


def refusal(*arguments: str) -> str:
    """What a command says that fails."""
    with pytest.raises(CommandError) as caught:
        manage(*arguments)
    return str(caught.value)


def readers() -> list[str]:
    return list(Subscriber.objects.order_by("address").values_list("address", flat=True))


def test_a_backup_is_private_and_says_what_is_inside(archive: Path, stage: Stage) -> None:
    connection.close()
    words = stage.manage("backup", str(stage.folder / "second.tar"))

    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert "1 subscribers_subscriber" in words
    assert "1 files, 0.0 MB" in words
    assert [path.name for path in stage.folder.iterdir() if "backup" in path.name] == []
    assert "exists already" in refusal("backup", str(archive))


def test_a_restored_installation_is_as_it_was_and_sends_nothing_until_confirmed(archive: Path, stage: Stage) -> None:
    people.subscriber("late@letters.example")
    (stage.folder / "media" / "documents" / "guida.pdf").write_bytes(b"changed")
    (stage.folder / "media" / "later.txt").write_bytes(b"later")
    connection.close()

    words = stage.manage("restore", str(archive), "--replace")

    assert readers() == ["anna@letters.example"]
    assert (stage.folder / "media" / "documents" / "guida.pdf").read_bytes() == b"%PDF the guide"
    assert not (stage.folder / "media" / "later.txt").exists()
    [former] = stage.folder.glob("media.before-*")
    assert (former / "later.txt").read_bytes() == b"later"
    assert "Sending is closed" in words
    assert (fence.is_open(), fence.reason()) == (False, fence.RESTORED)

    assert "--moved or --restored" in refusal("confirm_sending")
    assert not fence.is_open()
    assert "Sending is open." in manage("confirm_sending", "--restored")
    assert fence.is_open()


def test_a_restored_ledger_waits_for_a_person(stage: Stage) -> None:
    mailing = Mailing.objects.create(
        key="issue:1:1",
        title="Uno",
        account_id=default_account(),
        state=Mailing.State.SENDING,
        purpose_class="issue",
    )
    Delivery.objects.create(mailing=mailing, address_key="a@letters.example", locale="it", intent_key="issue")
    manage("backup", str(stage.folder / "archive.tar"))
    manage("restore", str(stage.folder / "archive.tar"), "--replace")
    words = manage("confirm_sending", "--restored")

    mailing.refresh_from_db()
    assert "1 mailings held" in words
    assert (mailing.state, Delivery.objects.get().state) == (Mailing.State.HELD, Delivery.State.QUEUED)


def default_account() -> int:
    return (Account.objects.filter(is_default=True).first() or Account.objects.create(name="a", is_default=True)).pk


def test_a_database_that_is_not_empty_is_replaced_only_on_order(archive: Path, stage: Stage) -> None:
    people.subscriber("late@letters.example")

    assert "add --replace" in refusal("restore", str(archive))
    assert readers() == ["anna@letters.example", "late@letters.example"]


def test_a_database_in_use_is_not_replaced(archive: Path, stage: Stage) -> None:
    people.subscriber("late@letters.example")  # our own connection stays open

    with pytest.raises(AssertionError, match="1 other connections use this database"):
        stage.manage("restore", str(archive), "--replace")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20_000])


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def no_archive(path: Path) -> None:
    path.write_bytes(b"a letter, not an archive\n" * 500)


def rewrite(path: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """Write the archive anew with other members, and digests that fit."""
    with tarfile.open(path) as tar:
        members = {member.name: tar.extractfile(member).read() for member in tar}
    change(members)
    with tarfile.open(path, "w") as tar:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))


def climb_out(path: Path) -> None:
    rewrite(path, lambda members: members.update({"../outside": b"x"}))


def break_dump(path: Path) -> None:
    """A dump that begins well and ends in the middle, with a digest that fits: found only while it is loaded."""

    def change(members: dict[str, bytes]) -> None:
        members[DATABASE] = members[DATABASE][: len(members[DATABASE]) * 2 // 3]
        digests = json.loads(members[DIGESTS]) | {DATABASE: sha256(members[DATABASE]).hexdigest()}
        members[DIGESTS] = json.dumps(digests).encode()

    rewrite(path, change)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (cut, "cannot be read as an archive to its end"),
        (flip, "is damaged"),
        (no_archive, "cannot be read as an archive"),
        (climb_out, "belongs to nothing of ours"),
        (break_dump, "The database was left as it was"),
    ],
)
def test_a_bad_archive_changes_nothing(
    spoil: Callable[[Path], None], sentence: str, archive: Path, stage: Stage
) -> None:
    people.subscriber("late@letters.example")
    spoil(archive)

    assert sentence in refusal("restore", str(archive), "--replace")
    assert readers() == ["anna@letters.example", "late@letters.example"]
    assert (stage.folder / "media" / "documents" / "guida.pdf").exists()
    assert fence.is_open()
    assert Fence.objects.count() == 1
    assert not (stage.folder.parent / "outside").exists()
