from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewsCentreConfig(AppConfig):
    name = "newscentre"
    verbose_name = _("News centre")

    def ready(self) -> None:
        from newscentre.listing import seen_by
        from search.entries import all_of
        from search.kinds import Kind, register

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
