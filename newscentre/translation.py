from modeltranslation.translator import TranslationOptions, register

from newscentre.models import Category, Meeting


@register(Category)
class CategoryTranslation(TranslationOptions):
    fields = ("name",)


@register(Meeting)
class MeetingTranslation(TranslationOptions):
    fields = ("name", "series", "city", "host_office", "co_chairs", "about", "visits", "doubts")
