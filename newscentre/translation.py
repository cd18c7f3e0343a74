from modeltranslation.translator import TranslationOptions, register

from newscentre.models import Article, Category


@register(Category)
class CategoryTranslation(TranslationOptions):
    fields = ("name",)


@register(Article)
class ArticleTranslation(TranslationOptions):
    fields = ("summary",)
    fallback_languages = {"default": ()}
