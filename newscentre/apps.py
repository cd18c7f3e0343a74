from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewsCentreConfig(AppConfig):
    name = "newscentre"
    verbose_name = _("News centre")

    def ready(self) -> None:
        from accounts.own.data import FURTHER
        from newscentre.calendar.listing import documents_seen, meetings_seen
        from newscentre.library.listing import projects_seen, publications_seen
        from newscentre.links.own_places import register_own
        from newscentre.links.views import links_seen
        from newscentre.listing import seen_by
        from newscentre.watching import tasks  # noqa: F401  # the worker learns of them
        from newscentre.watching.held import held_of
        from search.entries import all_of
        from search.kinds import Kind, register

        register_own()
        FURTHER["news"] = held_of
        register(
            Kind(
                "article",
                _("Articles"),
                seen_by,
                "newscentre/found.html",
                text=lambda article: (article.excerpt_language or article.title_language, article.excerpt),
                rebuild=all_of("newscentre_entries"),
                position=40,
            )
        )
        register(Kind("meeting", _("Meetings"), meetings_seen, "newscentre/calendar/found.html"))
        register(Kind("document", _("Documents"), documents_seen, "newscentre/calendar/found_document.html"))
        register(Kind("publication", _("Publications"), publications_seen, "newscentre/library/found.html"))
        register(Kind("project", _("Initiatives and projects"), projects_seen, "newscentre/library/found_project.html"))
        register(Kind("link", _("Links"), links_seen, "newscentre/links/found.html"))
