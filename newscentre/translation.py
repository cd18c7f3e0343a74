from modeltranslation.translator import TranslationOptions, register

from newscentre.models import Category, Link, Meeting, Project, Publication


@register(Category)
class CategoryTranslation(TranslationOptions):
    fields = ("name",)


@register(Meeting)
class MeetingTranslation(TranslationOptions):
    fields = ("name", "series", "city", "host_office", "co_chairs", "about", "visits", "doubts")


@register(Publication)
class PublicationTranslation(TranslationOptions):
    fields = ("about", "remark")


@register(Project)
class ProjectTranslation(TranslationOptions):
    fields = ("name", "other_partners", "about", "outcome")


@register(Link)
class LinkTranslation(TranslationOptions):
    fields = ("name", "about")
