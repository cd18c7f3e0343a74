from modeltranslation.translator import TranslationOptions, register

from newscentre.models import Category


@register(Category)
class CategoryTranslation(TranslationOptions):
    fields = ("name",)
