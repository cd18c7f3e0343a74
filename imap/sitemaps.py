"""The sitemap: every open page in every language, with its alternates."""

from xml.sax.saxutils import escape

from django.urls import reverse
from django.utils import translation

from access.viewer import Viewer
from accounts.page_header import alternates
from atlas.addresses import absolute_url
from atlas.models import Dialogue, DialogueTheme
from newscentre.calendar.listing import meetings_seen
from newscentre.library.listing import projects_seen, publications_seen
from profiles.listing import listed
from routes.reading import dialogues_with_routes

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    ' xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
)


def sitemap_xml(viewer: Viewer) -> str:
    """XML of the addresses that this viewer may open."""
    with translation.override("en"):
        paths = [
            reverse(name)
            for name in (
                "home",
                "maps",
                "countries",
                "news",
                "calendar",
                "library",
                "links",
                "terms",
                "privacy",
                "accessibility",
            )
        ]
        for dialogue in Dialogue.objects.visible_to(viewer).values_list("pk", flat=True):
            paths += [
                reverse(name, args=[dialogue])
                for name in ("dialogue", "by_year", "about", "partners", "supporters", "contact")
            ]
        paths += [reverse("routes", args=[dialogue]) for dialogue in sorted(dialogues_with_routes(viewer))]
        taken_up = DialogueTheme.objects.visible_to(viewer).values_list("dialogue_id", "theme_id")
        paths += [reverse("theme", args=row) for row in taken_up]
        profiles = listed(viewer)
        paths += [reverse("profile", args=[row.dialogue_id, row.theme_id, row.slug]) for row in profiles]
        countries = {row.subject.slug for row in profiles if row.subject.kind == "country"}
        paths += [reverse("country", args=[slug]) for slug in sorted(countries)]
        paths += [
            reverse("meeting", args=[number])
            for number in meetings_seen(viewer).order_by("pk").values_list("address_number", flat=True)
        ]
        for name, seen in (("publication", publications_seen), ("project", projects_seen)):
            numbers = seen(viewer).order_by("pk").values_list("address_number", flat=True)
            paths += [reverse(name, args=[number]) for number in numbers]
    return HEAD + "".join(_entries(path) for path in paths) + "</urlset>\n"


def _entries(path: str) -> str:
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{language}" href="{_absolute(other)}"/>'
        for language, other in alternates(path)
    )
    return "".join(f"<url><loc>{_absolute(other)}</loc>{links}</url>\n" for _, other in alternates(path))


def _absolute(path: str) -> str:
    return escape(absolute_url(path))
