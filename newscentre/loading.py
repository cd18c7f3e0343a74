"""Loads the categories of the news centre."""

from pathlib import Path

from django.conf import settings

from atlas.loading import Loading, read_toml
from newscentre.models import Category


def load_categories(data: Path, loading: Loading) -> None:
    rows = read_toml(data / "world" / "news_categories.toml")["category"]
    loading.put(
        Category,
        "slug",
        (
            (
                row,
                {
                    "slug": row["slug"],
                    "is_reference": True,
                    "position": place,
                    **{f"name_{code}": row[code] for code in settings.MODELTRANSLATION_LANGUAGES},
                },
            )
            for place, row in enumerate(rows, 1)
        ),
    )
