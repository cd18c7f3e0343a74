from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewsCentreConfig(AppConfig):
    name = "newscentre"
    verbose_name = _("News centre")

    def ready(self) -> None:
        from newscentre.calendar.listing import documents_seen, meetings_seen
        from newscentre.library.listing import projects_seen, publications_seen
        from newscentre.links.own_places import register_own
        from newscentre.links.views import links_seen
        from newscentre.listing import seen_by
        from search.kinds import Kind, register

        register_own()
        register(Kind("article", _("Articles"), seen_by, "newscentre/found.html"))
        register(Kind("meeting", _("Meetings"), meetings_seen, "newscentre/calendar/found.html"))
        register(Kind("document", _("Documents"), documents_seen, "newscentre/calendar/found_document.html"))
        register(Kind("publication", _("Publications"), publications_seen, "newscentre/library/found.html"))
        register(Kind("project", _("Initiatives and projects"), projects_seen, "newscentre/library/found_project.html"))
        register(Kind("link", _("Links"), links_seen, "newscentre/links/found.html"))
