"""Checks whether a form was made from the newest state of its row, and shows both states where it was not."""

from collections.abc import Sequence

from django import forms
from django.forms.formsets import BaseFormSet

from accounts.requests import ReaderRequest
from accounts.safe_forms.form_state import OVER, STATE, differences, is_of_an_older_state, state_of, why_older


class StaleFormCheck:
    """Of a page of the desk that is no ModelAdmin's. The row is locked before its form is made."""

    def __init__(self, request: ReaderRequest, form: forms.BaseForm, formsets: Sequence[BaseFormSet] = ()):
        self.request, self.form, self.formsets = request, form, formsets
        self.state = state_of(form, formsets)
        has_changed = form.has_changed() or any(formset.has_changed() for formset in formsets)
        self.is_older = request.method == "POST" and has_changed and is_of_an_older_state(request, self.state)

    def is_new_enough(self) -> bool:
        if self.is_older:
            self.form.add_error(None, str(why_older(self.request)))
        return not self.is_older

    def context(self) -> dict[str, object]:
        """For `form_guard` and for the comparison that a person is shown."""
        if not self.is_older:
            return {"form_state": self.state}
        return {
            "form_state": self.request.POST.get(STATE, self.request.POST.get(OVER, "")),
            "newer_state": self.state,
            "differences": differences(self.form, self.formsets),
        }
