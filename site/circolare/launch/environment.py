"""The environment of the launcher's children: what the person set, what the launcher adds and keeps."""

import os
import secrets
import socket
from collections.abc import Mapping
from pathlib import Path

from circolare import env
from circolare.launch.places import ROOT, Places
from circolare.launch.refusal import Refusal

SECRETS = ("SECRET_KEY", "CIRCOLARE_DIGEST_KEY")
EVERY_ADDRESS = {"0.0.0.0", "::"}  # noqa: S104 - recognised, not chosen
HEAD = "# Written by the launcher at each start. Your own settings belong into .env beside README.md.\n"


def of_the_person(*, with_file: bool) -> dict[str, str]:
    """What was set from outside: the environment and, with the file, the lines of `.env`.

    An empty DATABASE_URL or CELERY_BROKER_URL counts as unset.
    """
    if with_file:
        env.load_file(ROOT / ".env")
    given = dict(os.environ)
    for name in ("DATABASE_URL", "CELERY_BROKER_URL"):
        if not given.get(name):
            given.pop(name, None)
    return given


def keep(places: Places, given: Mapping[str, str], decided: Mapping[str, str]) -> dict[str, str]:
    """The whole environment of the children; what was decided here is written to `var/env` (mode 600).

    Secrets are made once and read back; addresses are those of this start. What the person set always wins, and is
    not written down.
    """
    kept = read(places.environment)
    ours = kept | {name: kept.get(name) or secrets.token_urlsafe(48) for name in SECRETS} | dict(decided)
    ours = {name: value for name, value in ours.items() if not given.get(name)}
    secrets_kept = {name: kept[name] for name in SECRETS if name in kept}
    write(places.environment, secrets_kept | ours)
    return ours | dict(given) | {"CIRCOLARE_VAR_DIR": str(places.var), "PYTHONUNBUFFERED": "1"}


def read(file: Path) -> dict[str, str]:
    """The KEY=value lines of a file of ours; empty when there is none."""
    if not file.exists():
        return {}
    lines = (line.partition("=") for line in file.read_text(encoding="utf-8").splitlines() if "=" in line)
    return {key: value for key, _, value in lines if not key.startswith("#")}


def write(file: Path, values: Mapping[str, str]) -> None:
    """Replace the file at once, readable by its owner alone."""
    unfinished = file.with_name(f"{file.name}.new")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as handle:
        handle.write(HEAD + "".join(f"{key}={value}\n" for key, value in sorted(values.items())))
        os.fsync(handle.fileno())
    unfinished.rename(file)


def address(given: Mapping[str, str]) -> tuple[str, int]:
    """HOST and PORT to listen on, 127.0.0.1 and 8000 by default; both are free at this moment.

    Raises: Refusal when the port is no number, the host is not ours, or somebody else listens there.
    """
    host, raw_port = given.get("HOST") or "127.0.0.1", given.get("PORT") or "8000"
    if not raw_port.isdigit() or not 0 < int(raw_port) < 65536:
        raise Refusal(f"PORT must be a number from 1 to 65535, not {raw_port!r}.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, int(raw_port)))
        except OSError as error:
            raise Refusal(
                f"Port {raw_port} on {host} cannot be used ({error.strerror or error}). "
                "Stop the program that listens there, or choose another port, for example "
                f"PORT={int(raw_port) % 65535 + 1} make demo"
            ) from error
    return host, int(raw_port)


def public_names(host: str, port: int) -> dict[str, str]:
    """BASE_URL and ALLOWED_HOSTS for that address."""
    shown = "127.0.0.1" if host in EVERY_ADDRESS else host
    names = {shown, "localhost", "127.0.0.1"}
    if host in EVERY_ADDRESS:
        names |= {socket.gethostname(), own_network_address()}
    bracketed = f"[{shown}]" if ":" in shown else shown
    return {"BASE_URL": f"http://{bracketed}:{port}", "ALLOWED_HOSTS": ",".join(sorted(names))}


def own_network_address() -> str:
    """The address by which others in the network reach this machine; loopback where there is no network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # a reserved address: no packet is sent for a datagram socket's connect
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])
