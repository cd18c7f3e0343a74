"""Loads the links of the demonstration's dialogue."""

from pathlib import Path

from atlas.loading import Loading, read_toml
from newscentre.links.models import Link, LinkCategory

DIALOGUE = "mtm"
EVERYONE = ["public", f"secretariat:{DIALOGUE}"]


def load_links(data: Path, loading: Loading) -> None:
    """Call it as the secretariat of the dialogue. Keeps audiences that the desk changed."""
    rows = read_toml(data / "world" / "links.toml")["link"]
    entries = (
        (
            row,
            {
                "dialogue_id": DIALOGUE,
                "slug": row["slug"],
                "audience": EVERYONE,
                "category": row.choice("category", LinkCategory.values),
                "address": row["address"],
                "languages": row["languages"],
                **row.translated("name"),
            },
        )
        for row in rows
    )
    loading.put(Link, "dialogue_id slug", entries, keep="audience")
