from modeltranslation.translator import TranslationOptions, register

from accounts.models import ReadingGroup


@register(ReadingGroup)
class ReadingGroupTranslation(TranslationOptions):
    fields = ("name",)
