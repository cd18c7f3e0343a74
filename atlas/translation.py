"""Registers names, labels and definitions that are translated."""

from modeltranslation.translator import TranslationOptions, register

from atlas import models


@register(models.Theme)
class ThemeTranslation(TranslationOptions):
    fields = ("name",)


@register(models.Dialogue)
class DialogueTranslation(TranslationOptions):
    fields = ("short_name", "name", "strapline", "about", "naming", "disclaimer", "licence", "secretariat")


@register(models.OutlineSection)
class OutlineSectionTranslation(TranslationOptions):
    fields = ("title", "guidance")


@register(models.Subject)
class SubjectTranslation(TranslationOptions):
    fields = ("name", "description", "footnote")


@register(models.FormerName)
class FormerNameTranslation(TranslationOptions):
    fields = ("name",)


@register(models.Partner)
class PartnerTranslation(TranslationOptions):
    fields = ("name", "acronym", "field", "mandate")
