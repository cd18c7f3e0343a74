"""What changed in a profile since a reader's last visit."""

from datetime import datetime

from access.viewer import Viewer
from profiles.models import Edition, EditionText
from profiles.visible_edition import VisibleEdition


def changed_sections(standing: VisibleEdition, viewer: Viewer, since: datetime) -> set[str]:
    """Slugs of the sections whose text, in any language, differs from the edition that was current at `since`."""
    before = (
        Edition.objects.visible_to(viewer)
        .filter(profile_id=standing.profile_id, published_at__lte=since)
        .order_by("-number")
        .first()
    )
    known = set()
    if before is not None:
        texts = EditionText.objects.visible_to(viewer).filter(edition=before)
        known = set(texts.values_list("section__heading__slug", "language", "digest"))
    return {slug for slug, language, digest in standing.texts if slug and (slug, language, digest) not in known}
