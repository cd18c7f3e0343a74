"""Mixins that `imap.admin` puts before every ModelAdmin and inline."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import Model, QuerySet
from django.forms import BaseModelForm
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.requests import ReaderRequest
from accounts.safe_forms.database_errors import Refusal, at_their_fields, refusal_of
from accounts.safe_forms.form_state import (
    CHANGED_MEANWHILE,
    NO_STATE,
    STATE,
    differences,
    is_of_an_older_state,
    state_of,
    why_older,
)
from accounts.safe_forms.page_state import (
    Change,
    PageState,
    changed_of,
    facts_of,
    facts_of_all,
    state_of_row,
    states_of,
)
from accounts.safe_forms.querysets import is_of_a_dialogue, own_rows

MOST_TOLD = 20  # differences of a list, in words
CONFIRMING = ("post", "_end")  # what the pages on which an action is confirmed send
DELETED_WITH_IT = gettext_lazy("Deleted with it")
CHANGED_IN_THE_LIST = gettext_lazy(
    "Nothing was done: these were changed after the list was shown. Look at them below and choose anew: %(names)s"
)


def guarded(form: type[BaseModelForm], refusal: Refusal | None = None) -> type[BaseModelForm]:
    """Wraps a form: broken constraints are shown at their fields, and it is refused where there is a reason."""

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
    """Offers rows that belong to a dialogue only to its own desk, in whatever form they are chosen."""

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

    def changelist_view(self, request: ReaderRequest, extra_context=None) -> HttpResponse:
        """Adds to the list's form the state of each row as it was shown."""
        response = super().changelist_view(request, extra_context)
        context = getattr(response, "context_data", None) or {}
        if (form := context.get("action_form")) is not None:
            rows = list(context["cl"].result_list)
            state = states_of(rows, self._shown_fields(request, rows))
            form.fields[STATE] = forms.CharField(initial=state, widget=forms.HiddenInput, label="", required=False)
        return response

    def response_action(self, request: ReaderRequest, queryset) -> HttpResponse | None:
        """An action over rows that changed since they were shown is refused, by the list and by the page that asks again.

        Rows beyond the page of the list, chosen all together, were shown to nobody.
        """
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        keys = [key for number in chosen if (key := self._key(number)) is not None]
        rows = self._held(self.get_queryset(request).filter(pk__in=keys))
        shown = None
        if any(name in request.POST for name in CONFIRMING):
            shown = self._shown_for_action(request, rows)
            if shown.is_older:
                request.POST = _without(request.POST, CONFIRMING)  # type: ignore[assignment]  # so that it is asked anew
        elif changed := changed_of(rows, request.POST.get(STATE, ""), chosen, self._shown_fields(request, rows)):
            self.message_user(request, _said_of(changed), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())
        response = super().response_action(request, queryset)
        context = getattr(response, "context_data", None)
        if context is not None:
            is_across = request.POST.get("select_across", "0") not in ("", "0")
            context["shown"] = shown or self._shown_for_action(request, queryset if is_across else rows, is_asked=False)
        return response

    def _held(self, rows: QuerySet) -> QuerySet:
        """The rows, locked until the request is decided."""
        numbers = list(rows.values_list("pk", flat=True))
        held = self.model._base_manager.select_for_update(of=("self",)).filter(pk__in=numbers)
        list(held.order_by("pk").values_list("pk"))
        return rows.all()

    def _shown_fields(self, request: ReaderRequest, rows: Iterable[Model]) -> list[str]:
        """Names of what the page of such a row shows, and who may read it."""
        row = next(iter(rows), None)
        return ["audience", *flatten_fieldsets(self.get_fieldsets(request, row))] if row is not None else []

    def _shown_for_action(self, request: ReaderRequest, rows: QuerySet, *, is_asked: bool = True) -> PageState:
        rows = rows.order_by("pk")
        fields = self._shown_fields(request, rows)
        facts = facts_of_all(rows, fields)
        if request.POST.get("action") == "delete_selected":
            facts[str(DELETED_WITH_IT)] = _in_lines(self.get_deleted_objects(rows, request)[0])
        return PageState(request, facts, beside=[state_of_row(row, fields) for row in rows], is_asked=is_asked)

    def _key(self, sent: str) -> Any:
        """None: no key of a row is written so."""
        try:
            return self.model._meta.pk.to_python(sent)
        except ValidationError:
            return None

    def delete_view(self, request: ReaderRequest, object_id, extra_context=None) -> HttpResponse:
        """Deletes exactly what the page named, or nothing."""
        row = self.get_object(request, unquote(object_id))
        if row is None or not self.has_delete_permission(request, row):
            return super().delete_view(request, object_id, extra_context)
        if request.method == "POST":
            row = self._held(self.get_queryset(request).filter(pk=row.pk)).first()
        if row is None:
            return super().delete_view(request, object_id, extra_context)
        named = self.get_deleted_objects([row], request)[0]
        fields = self._shown_fields(request, [row])
        facts = facts_of(row, only=fields) | {str(DELETED_WITH_IT): _in_lines(named)}
        shown = PageState(request, facts, beside=state_of_row(row, fields))
        if shown.is_older:
            request.POST = QueryDict()  # type: ignore[assignment]  # so that it is asked anew
        return super().delete_view(request, object_id, (extra_context or {}) | {"shown": shown})

    def changeform_view(self, request: ReaderRequest, object_id=None, form_url="", extra_context=None) -> HttpResponse:
        """Shows a refused form again with the reason and everything that was entered."""
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        try:
            with transaction.atomic():
                if object_id is not None and self._is_older(request, object_id):
                    self._refuse(request, Refusal(why_older(request)))
                return super().changeform_view(request, object_id, form_url, extra_context)
        except DatabaseError as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
        self._refuse(request, refusal)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def save_related(self, request, form, formsets, change):
        """Checks deferred constraints here, before anyone is told that all is saved."""
        super().save_related(request, form, formsets, change)
        connection.check_constraints()

    def _refuse(self, request: ReaderRequest, refusal: Refusal) -> None:
        request.form_refusal = refusal  # type: ignore[attr-defined]

    def _is_older(self, request: ReaderRequest, object_id: str) -> bool:
        """Compares states with the row locked, so that of two simultaneous saves the second one is refused."""
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
            is_older = refusal is not None and refusal.sentence in (CHANGED_MEANWHILE, NO_STATE)
            context["form_state"] = request.POST.get("_state", "") if is_older else state
            if is_older:
                context["newer_state"] = state
                context["differences"] = differences(form, formsets)
        return super().render_change_form(request, context, add, change, form_url, obj)


def _without(sent: QueryDict, names: Iterable[str]) -> QueryDict:
    kept = sent.copy()
    for name in names:
        kept.pop(name, None)
    return kept


def _in_lines(named: Iterable) -> str:
    """What a deletion page lists, without markup and sorted."""
    return "\n".join(sorted(_flat(named)))


def _flat(named: Iterable) -> Iterator[str]:
    for one in named:
        if isinstance(one, list):
            yield from _flat(one)
        else:
            yield strip_tags(str(one))


def _said_of(changed: Mapping[str, list[Change]]) -> str:
    """Which rows, and of the first of them both states in words."""
    names = _(", ").join(sorted(changed))
    told = [
        str(Change(f"{name} · {change.label}", change.then, change.now))
        for name, found in sorted(changed.items())
        for change in found
    ]
    return " ".join([CHANGED_IN_THE_LIST % {"names": names}, *told[:MOST_TOLD]])
