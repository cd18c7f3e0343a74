from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewsCentreConfig(AppConfig):
    name = "newscentre"
    verbose_name = _("News centre")

    def ready(self) -> None:
        from newscentre.calendar.listing import documents_seen, meetings_seen
        from newscentre.listing import seen_by
        from search.kinds import Kind, register

        register(Kind("article", _("Articles"), seen_by, "newscentre/found.html"))
        register(Kind("meeting", _("Meetings"), meetings_seen, "newscentre/calendar/found.html"))
        register(Kind("document", _("Documents"), documents_seen, "newscentre/calendar/found_document.html"))
