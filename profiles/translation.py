from modeltranslation.translator import TranslationOptions, register

from profiles.models import Tag


@register(Tag)
class TagTranslation(TranslationOptions):
    fields = ("name",)
