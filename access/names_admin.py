"""Lists, forms, filters and autocompletion of the admin offer only names that their user may be told, and accept no others.

So it is with rows that have readers.

The request is a reader's: `request.viewer` says who is looking.
"""

from typing import Any

from django.contrib import admin
from django.contrib.admin.filters import FieldListFilter, RelatedFieldListFilter
from django.contrib.admin.utils import get_model_from_relation
from django.db import models
from django.db.models import Q

from access.names import Sayable
from access.viewer import Viewer
from access.visibility import RestrictedModel


def offered(model: type[models.Model], viewer: Viewer) -> models.QuerySet:
    """The rows of a model that this viewer may be told of, by whichever rule applies to it."""
    rows: Any = model._default_manager.all()
    if hasattr(rows, "sayable_to"):
        return rows.sayable_to(viewer)
    return rows.visible_to(viewer) if hasattr(rows, "visible_to") else rows


class SayableChoices(admin.options.BaseModelAdmin):
    """Mixin of a form, or a part of one, that offers no name which its user may not be told."""

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if issubclass(db_field.related_model, Sayable | RestrictedModel):
            kwargs.setdefault("queryset", offered(db_field.related_model, request.viewer))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if issubclass(db_field.related_model, Sayable):
            kwargs.setdefault("queryset", offered(db_field.related_model, request.viewer))
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class OfferedFilter(RelatedFieldListFilter):
    """List filter by related rows that offers only those which the user may be told of."""

    def field_choices(self, field: Any, request: Any, model_admin: Any) -> list[tuple[Any, str]]:
        rows = offered(get_model_from_relation(field), request.viewer)
        ordering = self.field_admin_ordering(field, request, model_admin)
        rows = rows.complex_filter(field.get_limit_choices_to())
        return [(row.pk, str(row)) for row in (rows.order_by(*ordering) if ordering else rows)]


FieldListFilter.register(lambda field: field.remote_field, OfferedFilter, take_priority=True)


class NameAdmin(SayableChoices, admin.ModelAdmin):
    """Of a table of names. A desk changes what its own dialogue made; reference data the portal's administrators alone.

    They see what nobody made, too, as it is the portal's.
    """

    def get_queryset(self, request: Any) -> models.QuerySet:
        sayable = Q(pk__in=offered(self.model, request.viewer).values("pk"))
        if request.user.is_superuser:
            sayable |= Q(made_by=None)
        return super().get_queryset(request).filter(sayable)

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "made_by" and not request.user.is_superuser:
            own = request.viewer.secretariats
            kwargs["queryset"] = db_field.related_model._default_manager.filter(pk__in=own)
            kwargs["initial"] = own[0] if own else None
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "made_by":
            field.required = not request.user.is_superuser
        return field

    def get_exclude(self, request: Any, obj: Any = None) -> list[str]:
        """Only superusers are asked whether a name is reference data."""
        excluded = list(super().get_exclude(request, obj) or ())
        return excluded if request.user.is_superuser else [*excluded, "is_reference"]

    def get_readonly_fields(self, request: Any, obj: Any = None) -> list[str]:
        held = list(super().get_readonly_fields(request, obj))
        return [*held, "made_by"] if obj is not None and not request.user.is_superuser else held

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self._is_own(request, obj)

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self._is_own(request, obj)

    def _is_own(self, request: Any, obj: Any) -> bool:
        if obj is None or request.user.is_superuser:
            return True
        return not obj.is_reference and obj.made_by_id in request.viewer.secretariats
