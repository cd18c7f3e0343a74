"""The database's rules that join rooms: the journal and former addresses (`access.installation`)."""

from collections.abc import Iterator

from access.triggers import Trigger, quoted
from imap.journal import noted_changes

UNLOCKED = {"imap_journal": "Which rows were narrowed, by key: replayed after a restore, and shown to nobody."}

# Table → column of a former address that leads to its row, and the columns of dialogue, theme, kind and word, or ''.
ADDRESSES = {
    "atlas_outlinesection": ("heading_id", "dialogue_id", "theme_id", "kind", "slug"),
    "atlas_subject": ("subject_id", "", "", "kind", "slug"),
    "newscentre_review": ("review_id", "dialogue_id", "", "", "month"),
    "profiles_profile": ("profile_id", "dialogue_id", "theme_id", "", "slug"),
    "routes_story": ("story_id", "dialogue_id", "", "", "slug"),
}


def _former_addresses() -> Iterator[tuple[str, Trigger]]:
    """Whoever changes a word that stands in an address, and however: the address that is left is written down."""
    for table, (column, *words) in ADDRESSES.items():
        columns = [name for name in words if name]
        said = ", ".join(f"($1).{name}" if name else "''" for name in words)
        old, new = (", ".join(f"{row}.{name}" for name in columns) for row in ("OLD", "NEW"))
        yield (
            table,
            Trigger(
                "keep_former_address",
                f"AFTER UPDATE OF {', '.join(columns)}",
                f"imap_keep_former_address({quoted(column)}, {quoted(said)})",
                when=f"ROW({old}) IS DISTINCT FROM ROW({new})",
            ),
        )


TRIGGERS = (*noted_changes.triggers(), *_former_addresses())
