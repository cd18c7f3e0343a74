from modeltranslation.translator import TranslationOptions, register

from routes import models


@register(models.Layer)
class LayerTranslation(TranslationOptions):
    fields = ("name",)


@register(models.Stop)
class StopTranslation(TranslationOptions):
    fields = ("remark",)


@register(models.Segment)
class SegmentTranslation(TranslationOptions):
    fields = ("remark",)


@register(models.Reason)
class ReasonTranslation(TranslationOptions):
    fields = ("text",)


@register(models.MapEdition)
class MapEditionTranslation(TranslationOptions):
    fields = ("title",)
