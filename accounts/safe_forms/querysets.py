"""Which rows a form of the desk offers: of what belongs to a dialogue, only rows of the desk's own dialogues."""

from django.contrib.admin import AdminSite
from django.db.models import QuerySet

from access.viewer import Viewer


def is_of_a_dialogue(site: AdminSite, model: type) -> bool:
    """Whether rows belong to one dialogue's desk, which alone builds on them. Sources are cited by every desk."""
    of_the_model = site._registry.get(model)
    return hasattr(of_the_model, "dialogue_path") and not getattr(of_the_model, "is_cited_by_every_desk", False)


def own_rows(site: AdminSite, rows: QuerySet, viewer: Viewer) -> QuerySet:
    """Those of the rows that a desk may choose; row-level security would refuse others on saving."""
    if hasattr(rows, "visible_to"):
        rows = rows.visible_to(viewer)
    path = site._registry[rows.model].dialogue_path  # type: ignore[attr-defined]
    return rows.filter(**{f"{path}__in": viewer.secretariats})
