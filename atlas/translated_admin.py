"""Admin of models whose texts exist once per language: each text is written in its language's own direction."""

from typing import Any

from modeltranslation.admin import TranslationAdmin, TranslationStackedInline, TranslationTabularInline
from modeltranslation.fields import TranslationField

from access.names_admin import SayableChoices
from atlas.wording import direction


class InItsOwnDirection(SayableChoices):
    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(db_field, TranslationField):
            field.widget.attrs |= {"lang": db_field.language, "dir": direction(db_field.language)}
        return field


class TranslatedAdmin(InItsOwnDirection, TranslationAdmin):
    pass


class TranslatedInline(InItsOwnDirection, TranslationTabularInline):
    pass


class TranslatedStackedInline(InItsOwnDirection, TranslationStackedInline):
    pass
