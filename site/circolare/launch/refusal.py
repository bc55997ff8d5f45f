"""Why the launcher will not start: a sentence for a person, never a traceback."""


class Refusal(Exception):
    """Says what was seen, what was wanted and what to do; shown as it is, exit status 1."""
