"""Writes rows as CSV that spreadsheet programs open safely. Pure: words in, text out."""

import csv
import io
from collections.abc import Iterable, Sequence

from untrusted.characters import clean

BYTE_ORDER_MARK = "\ufeff"  # without it, a spreadsheet program takes Arabic for something else
BEGINS_A_FORMULA = tuple("=+-@\t\r\n|＝＋－＠")
UNSEEN = " \u00a0\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"


def as_csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """CSV by RFC 4180 in UTF-8 with BOM. Cells that a program would run as a formula are prefixed by `'`."""
    text = io.StringIO()
    text.write(BYTE_ORDER_MARK)
    writer = csv.writer(text)
    writer.writerow([_as_text(cell) for cell in head])
    writer.writerows([_as_text(cell) for cell in row] for row in rows)
    return text.getvalue()


def _as_text(cell: str) -> str:
    cell = clean(cell)
    return f"'{cell}" if cell.lstrip(UNSEEN).startswith(BEGINS_A_FORMULA) else cell
