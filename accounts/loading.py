"""Loads the terms of use from data/world/terms-of-use/<date>.<language>.html, one date for each version."""

import re
from datetime import date
from pathlib import Path

from accounts.models import Acceptance, TermsOfUse
from accounts.signing_in.terms import clean
from atlas.loading import Loading, TableRow

NAME = re.compile(r"(\d{4}-\d{2}-\d{2})\.(en|fr|ar)")


def load_terms(data: Path, loading: Loading) -> None:
    """Adds new versions. Raises RefusedData for one that lacks a language, or that differs from what was accepted."""
    versions: dict[date, dict[str, str]] = {}
    for path in sorted((data / "world" / "terms-of-use").glob("*.html")):
        version, language = _of_the_name(path)
        versions.setdefault(version, {})[language] = clean(path.read_text(encoding="utf-8"))
    accepted = set(Acceptance.objects.values_list("terms_id", flat=True).distinct())
    held = TermsOfUse.objects.in_bulk()
    entries = []
    for version, texts in versions.items():
        row = TableRow(f"{version}", "terms of use", {"text": texts})
        values = row.translated("text")
        if version in accepted and any(getattr(held[version], field) != text for field, text in values.items()):
            row.refuse("these terms were accepted and are not changed; a new text needs a new date.")
        entries.append((row, {"version": version, **values}))
    loading.put(TermsOfUse, "version", entries)


def _of_the_name(path: Path) -> tuple[date, str]:
    """Version and language from a file name. Raises RefusedData if it names neither."""
    name = NAME.fullmatch(path.stem)
    try:
        return date.fromisoformat(name[1] if name else ""), name[2] if name else ""
    except ValueError:
        TableRow(path.name, 0, {}).refuse("the name must be a date and a language, such as 2026-11-24.en.html.")
