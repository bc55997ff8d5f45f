"""One send worker's hand, chunk after chunk until nothing is due: `python -m tests.bench.programs.hand`.

Prints one JSON object: mails, seconds, cpu_seconds, peak_mb.
"""

import json
import os
import resource
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from campaigns.sending import hands, worker  # noqa: E402
from campaigns.transports import accounts  # noqa: E402


def main() -> None:
    """Wait for a line on standard input, then send."""
    print("ready", flush=True)
    sys.stdin.readline()
    n_mails, begun_at, cpu_before = 0, time.monotonic(), time.process_time()
    while n := worker.run_chunk(hands.new_name()):
        n_mails += n
    seconds = time.monotonic() - begun_at
    accounts.close()
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures = {
        "mails": n_mails,
        "seconds": seconds,
        "cpu_seconds": time.process_time() - cpu_before,
        "peak_mb": peak_mb,
    }
    print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main()
