"""The database's rules of news, meetings, library and links beside those that stand at the models (`access.installation`)."""

from collections.abc import Iterator

from access.triggers import Trigger
from search.entries import of_itself, when, when_dialogue_opens, when_spelled, where_differing

UNLOCKED = {
    "newscentre_category": "Names: said under the rule of `access.names`.",
    "newscentre_publisher": "Names: said under the rule of `access.names`.",
    "newscentre_mailing": "Which mails are to be sent to whom; tasks alone read it.",
}

NAMED = "name_en name_fr name_ar is_reference"
PUBLISHED = "a.status = 'published'"
# The table of tags has an index by tag; the array of subjects has none.
OF_SUBJECT = (
    "SELECT a.id FROM changed c JOIN atlas_subject s ON s.id = c.{key} JOIN newscentre_articletag t "
    "ON t.tag = 'subject/' || s.slug JOIN newscentre_article a ON a.id = t.article_id WHERE s.id = ANY (a.subjects)"
)
IN_COUNTRY = "SELECT m.id FROM newscentre_meeting m JOIN changed c ON m.country_id = c.{key}"
OF_FEED = f"SELECT a.id FROM newscentre_article a JOIN changed c ON c.id = a.feed_id WHERE {PUBLISHED}"
OF_MEETING = "SELECT d.id FROM newscentre_meetingdocument d JOIN changed c ON c.id = d.meeting_id"
# Kind of entry → the query for its records that belong to a changed dialogue.
OF_DIALOGUE = {
    "article": (
        "SELECT a.id FROM changed c JOIN newscentre_feed f ON f.dialogue_id = c.slug "
        f"JOIN newscentre_article a ON a.feed_id = f.id WHERE {PUBLISHED}"
    ),
    "document": (
        "SELECT r.id FROM changed c JOIN newscentre_meeting m ON m.dialogue_id = c.slug "
        "JOIN newscentre_meetingdocument r ON r.meeting_id = m.id"
    ),
    **{
        kind: f"SELECT r.id FROM changed c JOIN newscentre_{kind} r ON r.dialogue_id = c.slug"
        for kind in ("link", "meeting", "project", "publication")
    },
}
TABLE_OF_DOCUMENTS = "newscentre_meetingdocument"


def _entries() -> Iterator[tuple[str, Trigger]]:
    for kind, of_dialogue in OF_DIALOGUE.items():
        table = TABLE_OF_DOCUMENTS if kind == "document" else f"newscentre_{kind}"
        yield from of_itself(kind, f"{table}_entries", table)
        yield from when_dialogue_opens(kind, f"{table}_entries", of_dialogue)
    for kind, query in {"article": OF_SUBJECT, "meeting": IN_COUNTRY}.items():
        view = f"newscentre_{kind}_entries"
        yield from when(kind, view, "atlas_subject", {"changed": where_differing(NAMED, query.format(key="id"))})
        yield from when_spelled(kind, view, query.format(key="subject_id"))
    of_feed = where_differing("audience", OF_FEED)
    yield from when("article", "newscentre_article_entries", "newscentre_feed", {"changed": of_feed})
    of_meeting = where_differing("audience starts name_en name_fr name_ar", OF_MEETING)
    yield from when("document", f"{TABLE_OF_DOCUMENTS}_entries", "newscentre_meeting", {"changed": of_meeting})


TRIGGERS = (
    *_entries(),
    (
        "atlas_subject",
        Trigger("tags_of_news", "AFTER UPDATE OF slug", "newscentre_subject_tags()", when="NEW.slug <> OLD.slug"),
    ),
)
