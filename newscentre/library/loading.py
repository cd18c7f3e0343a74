"""Loads the publications and projects of the fact files, described in three languages."""

import re
from collections.abc import Iterator
from pathlib import Path

from atlas.loading import Loading, TableRow, read_csv, read_toml
from atlas.loading.loading import Entry
from atlas.models import Partner, Subject
from newscentre.models import Project, Publication, PublicationSection

DIALOGUE = "mtm"  # whose library it is
EVERYONE = ["public", f"secretariat:{DIALOGUE}"]
SOURCE = "MTM working paper, chapters 1 to 3"


def load_library(data: Path, loading: Loading) -> None:
    """Call it as the secretariat of the dialogue. Keeps audiences that the desk changed."""
    words = read_toml(data / "world" / "library.toml")
    worded = {row["title"]: row for row in words["publication"]}
    facts = read_csv(data / "facts" / "mtm_publications.csv", "year title pages partners theme note")
    publications = loading.put(Publication, "dialogue_id slug", _publications(facts, worded), keep="audience")
    loading.put(
        PublicationSection,
        "publication_id theme_id subject_id section",
        _sections(words["publication"], {slug: row.pk for (_dialogue, slug), row in publications.items()}),
    )
    projects = loading.put(Project, "dialogue_id slug", map(_project, words["project"]), keep="audience")
    partners = set(Partner.objects.values_list("pk", flat=True))
    for rows, made in ((words["publication"], publications), (words["project"], projects)):
        for row in rows:
            _made_with(made[(DIALOGUE, row["slug"])], row, partners, loading)


def _publications(facts: Iterator[TableRow], worded: dict[str, TableRow]) -> Iterator[Entry]:
    for row in facts:
        said = worded.get(row["title"]) or row.refuse(f"“{row['title']}” has no words in library.toml.")
        values = {
            "dialogue_id": DIALOGUE,
            "slug": said["slug"],
            "audience": EVERYONE,
            "theme_id": row["theme"] or None,
            "year": row.whole_number("year"),
            "title": _with_marks_of_print(row["title"]),
            "title_language": "en",
            "pages": row.whole_number("pages"),
            "source": SOURCE,
        }
        yield row, values | said.translated("about") | said.translated("remark")


def _with_marks_of_print(title: str) -> str:
    return re.sub(r"(?<!\w)'", "‘", title).replace("'", "’")


def _sections(rows: list[TableRow], publications: dict[str, int]) -> Iterator[Entry]:
    subjects = {(subject.kind, subject.slug): subject.pk for subject in Subject.objects.all()}
    for row in rows:
        for of in row.get("section", []):
            subject = subjects.get((of["kind"], of["subject"])) or row.refuse(f"“{of['subject']}” is no {of['kind']}.")
            yield (
                row,
                {
                    "publication_id": publications[row["slug"]],
                    "theme_id": of["theme"],
                    "subject_id": subject,
                    "section": of["slug"],
                },
            )


def _project(row: TableRow) -> Entry:
    plain = {name: row.get(name) for name in ("slug", "starts", "ends", "acronym", "source")}
    texts = [row.translated(name) for name in ("name", "other_partners", "about", "outcome")]
    values = {"dialogue_id": DIALOGUE, "audience": EVERYONE, "theme_id": row["theme"], **plain}
    return row, values | {name: text for said in texts for name, text in said.items()}


def _made_with(made: Publication | Project, row: TableRow, partners: set[str], loading: Loading) -> None:
    named = set(row.get("partners", []))
    if unknown := named - partners:
        row.refuse(f"the partner “{min(unknown)}” is not known.")
    missing = named - set(made.made_with.values_list("pk", flat=True))
    if missing:
        made.made_with.add(*missing)
        loading.note("partners of the library", "added", len(missing))
