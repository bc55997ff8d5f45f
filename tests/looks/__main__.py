"""`python -m tests.looks BASE [markup] [phone]`: look at the site there; exit 1 when anything is wrong or short."""

import sys
from collections.abc import Callable

from tests.looks import markup, phone
from tests.looks.programs import Absent
from tests.looks.visitor import Missing

LOOKS: dict[str, Callable[[str], bool]] = {"markup": markup.look, "phone": phone.look}
USAGE = f"python -m tests.looks BASE [{' | '.join(LOOKS)}]…, with BASE such as http://127.0.0.1:8000"


def main(arguments: list[str]) -> int:
    """Look at what is named, or at all; gives the exit status."""
    base, *names = arguments or [""]
    if not base.startswith("http") or not set(names) <= set(LOOKS):
        print(f"Usage: {USAGE}")
        return 2
    try:
        verdicts = [LOOKS[name](base.rstrip("/")) for name in names or LOOKS]
    except (Absent, Missing) as error:
        print(error)
        return 1
    return 0 if all(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
