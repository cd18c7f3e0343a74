from modeltranslation.translator import TranslationOptions, register

from accounts.models import ReadingGroup, TermsOfUse


@register(ReadingGroup)
class ReadingGroupTranslation(TranslationOptions):
    fields = ("name",)


@register(TermsOfUse)
class TermsOfUseTranslation(TranslationOptions):
    fields = ("text",)
