from modeltranslation.translator import TranslationOptions, register

from indicators import models


@register(models.Topic)
class TopicTranslation(TranslationOptions):
    fields = ("name",)


@register(models.Indicator)
class IndicatorTranslation(TranslationOptions):
    fields = ("name", "definition", "definition_source")


@register(models.StateDefinition)
class StateDefinitionTranslation(TranslationOptions):
    fields = ("text", "source")


@register(models.Source)
class SourceTranslation(TranslationOptions):
    fields = ("name",)


@register(models.Observation)
class ObservationTranslation(TranslationOptions):
    fields = ("remark",)
