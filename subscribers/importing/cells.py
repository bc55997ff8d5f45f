"""Cells that a spreadsheet would run as a formula, made harmless on the way out and plain on the way in."""

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
GUARD = "'"


def guard(cell: str) -> str:
    """The cell with a leading apostrophe where a spreadsheet would take it for a formula.

    A cell that begins with such an apostrophe itself gets another, so that `unguard` gives back every text.
    """
    return GUARD + cell if cell.lstrip(GUARD).startswith(DANGEROUS) else cell


def unguard(cell: str) -> str:
    """The cell as it was before `guard`."""
    return cell[1:] if cell.startswith(GUARD) and cell.lstrip(GUARD).startswith(DANGEROUS) else cell
