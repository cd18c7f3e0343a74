"""Base classes of admins of translated models: each text is edited in its language's direction."""

from typing import Any

from django.db.models import SlugField
from modeltranslation.admin import TranslationAdmin, TranslationStackedInline, TranslationTabularInline
from modeltranslation.fields import TranslationField

from access.names_admin import SayableChoices
from atlas.wording import direction


class TextDirectionMixin(SayableChoices):
    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(db_field, TranslationField):
            field.widget.attrs |= {"lang": db_field.language, "dir": direction(db_field.language)}
        return field


class TranslatedAdmin(TextDirectionMixin, TranslationAdmin):
    """A word by which rows are known in the database stands once it is written: other rows and addresses hold it."""

    def get_readonly_fields(self, request: Any, obj: Any = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        key = self.model._meta.pk
        assert key is not None
        return [*fields, key.name] if obj and isinstance(key, SlugField) else fields


class TranslatedInline(TextDirectionMixin, TranslationTabularInline):
    pass


class TranslatedStackedInline(TextDirectionMixin, TranslationStackedInline):
    pass
