"""`python -m tests.bench [--keep] [NAME…]`: measure and print; exit 1 when a ratio bar is missed.

`--keep` writes the lines into docs/benchmarks.md, beside those of figures that were not measured now.
"""

import importlib
import os
import pkgutil
import sys
from collections.abc import Iterator

import django

import tests.bench
from tests.bench import FIGURES, Line, calibration, kept


def main(arguments: list[str]) -> int:
    """Measure the named figures, or all; gives the exit status."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    for module in pkgutil.iter_modules(tests.bench.__path__):
        importlib.import_module(f"tests.bench.{module.name}")
    keeps = "--keep" in arguments
    names = [name for name in arguments if name != "--keep"] or sorted(FIGURES)
    if unknown := [name for name in names if name not in FIGURES]:
        print(f"No figure {', '.join(unknown)}. There are: {', '.join(sorted(FIGURES))}.")
        return 2
    lines = list(measured(names))
    if keeps:
        kept.write(lines, names)
    return 1 if any(line.fails for line in lines) else 0


def measured(names: list[str]) -> Iterator[Line]:
    """Each line as soon as it is known, printed."""
    for name in names:
        print(f"# {name}: {(FIGURES[name].__doc__ or '').splitlines()[0]}", flush=True)
        rate = calibration()
        for line in FIGURES[name]():
            print(shown(line, rate), flush=True)
            yield line


def shown(line: Line, rate: float) -> str:
    """`name value unit bar ok|short`, and what it is read beside."""
    beside = line.beside or (f"calibration {rate:.0f} MB/s" if not line.is_ratio and line.bar else "")
    return f"{line.name} {line.value:.4g} {line.unit} {line.bar or '-'} {line.verdict}  {beside}".rstrip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
