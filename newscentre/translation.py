from modeltranslation.translator import TranslationOptions, register

from newscentre.models import Article, Category, Link, Meeting, Project, Publication, Review, ReviewItem


@register(Category)
class CategoryTranslation(TranslationOptions):
    fields = ("name",)


@register(Article)
class ArticleTranslation(TranslationOptions):
    fields = ("summary",)
    fallback_languages = {"default": ()}


@register(Meeting)
class MeetingTranslation(TranslationOptions):
    fields = ("name", "series", "city", "host_office", "co_chairs", "about", "visits", "doubts")


@register(Review)
class ReviewTranslation(TranslationOptions):
    fields = ("introduction",)


@register(ReviewItem)
class ReviewItemTranslation(TranslationOptions):
    fields = ("comment",)


@register(Publication)
class PublicationTranslation(TranslationOptions):
    fields = ("about", "remark")


@register(Project)
class ProjectTranslation(TranslationOptions):
    fields = ("name", "other_partners", "about", "outcome")


@register(Link)
class LinkTranslation(TranslationOptions):
    fields = ("name", "about")
