from modeltranslation.translator import TranslationOptions, register

from routes import models


@register(models.Layer)
class LayerTranslation(TranslationOptions):
    fields = ("name",)


@register(models.StopDrawing)
class StopDrawingTranslation(TranslationOptions):
    fields = ("remark",)


@register(models.SegmentDrawing)
class SegmentDrawingTranslation(TranslationOptions):
    fields = ("remark",)


@register(models.Reason)
class ReasonTranslation(TranslationOptions):
    fields = ("text",)


@register(models.MapEdition)
class MapEditionTranslation(TranslationOptions):
    fields = ("title",)


@register(models.Story)
class StoryTranslation(TranslationOptions):
    fields = ("title", "introduction")


@register(models.StoryStep)
class StoryStepTranslation(TranslationOptions):
    fields = ("heading", "text")
