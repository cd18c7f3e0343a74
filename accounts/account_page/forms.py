"""Forms of the account page."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import PersonalToken, TokenScope, User

MONTHS = [(30, _("one month")), (91, _("three months")), (182, _("six months")), (365, _("twelve months"))]


class PreferencesForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["language", "news_digest"]


class TokenForm(forms.ModelForm):
    scope = forms.ChoiceField(label=_("What it is for"), choices=TokenScope, initial=TokenScope.READ)
    days = forms.TypedChoiceField(label=_("Valid for"), choices=MONTHS, coerce=int, initial=365)

    class Meta:
        model = PersonalToken
        fields = ["name", "scope"]
