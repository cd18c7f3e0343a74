"""Mixins that `imap.admin` puts before every ModelAdmin and every inline."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db import DatabaseError, connection, transaction
from django.forms import BaseModelForm
from django.http import HttpResponse

from accounts.requests import ReaderRequest
from accounts.safe_forms.choices import is_of_a_dialogue, own_rows
from accounts.safe_forms.refusals import Refusal, at_their_fields, refusal_of
from accounts.safe_forms.state import CHANGED_MEANWHILE, differences, is_of_an_older_state, state_of


def guarded(form: type[BaseModelForm], refusal: Refusal | None = None) -> type[BaseModelForm]:
    """The form, which says broken constraints at their fields, and is refused where there is a reason for it."""

    class Guarded(form):  # type: ignore[misc, valid-type]
        def _update_errors(self, errors):
            super()._update_errors(at_their_fields(errors, self.fields))

        def _post_clean(self):
            super()._post_clean()
            if refusal is not None:
                self.add_error(refusal.field if refusal.field in self.fields else None, refusal.sentence)

    Guarded.__name__, Guarded.__qualname__ = form.__name__, form.__qualname__
    return Guarded


class OwnChoices(admin.options.BaseModelAdmin):
    """Of what belongs to a dialogue, its own desk alone is offered rows, whatever form they are chosen in."""

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        return self._with_own_rows(super().formfield_for_foreignkey(db_field, request, **kwargs), request)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        return self._with_own_rows(super().formfield_for_manytomany(db_field, request, **kwargs), request)

    def _with_own_rows(self, field: Any, request: ReaderRequest) -> Any:
        rows = getattr(field, "queryset", None)
        if rows is not None and is_of_a_dialogue(self.admin_site, rows.model):
            field.queryset = own_rows(self.admin_site, rows, request.viewer)
        return field


class SafeInline(OwnChoices, admin.options.InlineModelAdmin):
    def get_formset(self, request, obj=None, **kwargs):
        return super().get_formset(request, obj, **{"form": guarded(self.form), **kwargs})


class SafeAdmin(OwnChoices, admin.ModelAdmin):
    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        return guarded(form, getattr(request, "form_refusal", None))

    def changeform_view(self, request: ReaderRequest, object_id=None, form_url="", extra_context=None) -> HttpResponse:
        """A refused form comes back with the reason and with everything that was written in it."""
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        try:
            with transaction.atomic():
                if object_id is not None and self._is_older(request, object_id):
                    self._refuse(request, Refusal(CHANGED_MEANWHILE))
                return super().changeform_view(request, object_id, form_url, extra_context)
        except DatabaseError as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
        self._refuse(request, refusal)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def save_related(self, request, form, formsets, change):
        """The constraints that would be asked at the end are asked here, before anyone is told that all is saved."""
        super().save_related(request, form, formsets, change)
        connection.check_constraints()

    def _refuse(self, request: ReaderRequest, refusal: Refusal) -> None:
        request.form_refusal = refusal  # type: ignore[attr-defined]

    def _is_older(self, request: ReaderRequest, object_id: str) -> bool:
        """Asked with the row locked, so that of two who save at once the second is told."""
        row = self.get_object(request, unquote(object_id))
        if row is None or not self.has_change_permission(request, row):
            return False
        rows = self.model._base_manager.select_for_update(of=("self",)).filter(pk=row.pk)
        list(rows.order_by().values_list("pk"))
        row = self.get_object(request, unquote(object_id))
        if row is None:
            return False
        form_class = self.get_form(request, row, change=True)
        beside = list(self.get_formsets_with_inlines(request, row))
        held = [rows(instance=row, queryset=inline.get_queryset(request)) for rows, inline in beside]
        request.form_state = state_of(form_class(instance=row), held)  # type: ignore[attr-defined]
        if not is_of_an_older_state(request, request.form_state):  # type: ignore[attr-defined]
            return False
        if form_class(request.POST, request.FILES, instance=row).has_changed():
            return True
        formsets, _inlines = self._create_formsets(request, row, change=True)  # type: ignore[attr-defined]
        return any(formset.has_changed() for formset in formsets)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        form = context["adminform"].form
        formsets = [shown.formset for shown in context["inline_admin_formsets"]]
        if change and obj is not None and self.has_change_permission(request, obj):
            state = getattr(request, "form_state", None) or state_of(form, formsets)
            refusal = getattr(request, "form_refusal", None)
            is_older = refusal is not None and refusal.sentence is CHANGED_MEANWHILE
            context["form_state"] = request.POST.get("_state", "") if is_older else state
            if is_older:
                context["newer_state"] = state
                context["differences"] = differences(form, formsets)
        return super().render_change_form(request, context, add, change, form_url, obj)
