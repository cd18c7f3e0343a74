"""Forms about maps: an agency's answer to the quality check, and the desk's next map."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.presets import Preset
from accounts.audiences.presets import audience_of
from atlas.models import Dialogue
from atlas.periods import validate_partial_date
from atlas.wording import direction
from atlas.wording import language as language_in_words
from routes.models import Outcome
from routes.publishing import MapTitle
from routes.quality_checks import agencies_of


def year_field(label) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1900, max_value=2100)


class AnswerForm(forms.Form):
    outcome = forms.ChoiceField(
        label=gettext_lazy("Answer"),
        widget=forms.RadioSelect,
        choices=[
            (Outcome.CHECKED, gettext_lazy("The map can be published as it stands.")),
            (Outcome.REMARKS, gettext_lazy("The following should be changed first.")),
        ],
    )
    remark = forms.CharField(
        label=gettext_lazy("Remarks"), required=False, widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"})
    )


class NextMapForm(forms.Form):
    """What a map is called and which years it runs through; whom to ask, or who may read it."""

    year = year_field(gettext_lazy("Year of the map"))
    as_of = forms.CharField(
        label=gettext_lazy("Information as of"),
        max_length=10,
        validators=[validate_partial_date],
        help_text=gettext_lazy("A year, a month or a day: 2013, 2013-06 or 2013-06-18."),
    )
    first_year = year_field(gettext_lazy("First year shown"))
    last_year = year_field(gettext_lazy("Last year shown"))
    agencies = forms.MultipleChoiceField(
        label=gettext_lazy("Agencies to ask for the quality check"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("They read the proof and answer; nobody else but the Secretariat does."),
    )
    preset = forms.ChoiceField(
        label=gettext_lazy("Who can read the published map"),
        choices=[(preset.value, preset.label) for preset in Preset if preset not in (Preset.PARTNERS, Preset.GROUP)],
        widget=forms.RadioSelect,
        initial=Preset.SECRETARIAT,
        help_text=gettext_lazy("Of each layer, segment and stop those read it alone that may read it today."),
    )
    theme = forms.ChoiceField(label=gettext_lazy("Theme"))

    def __init__(self, *args, dialogue: Dialogue, **kwargs):
        super().__init__(*args, **kwargs)
        self.dialogue = dialogue
        for language in settings.MODELTRANSLATION_LANGUAGES:
            self.fields[f"title_{language}"] = forms.CharField(
                label=_("Title in %(language)s") % {"language": language_in_words(language)},
                max_length=200,
                widget=forms.TextInput(attrs={"size": 70, "lang": language, "dir": direction(language)}),
            )
        themes, agencies = self.fields["theme"], self.fields["agencies"]
        assert isinstance(themes, forms.ChoiceField) and isinstance(agencies, forms.ChoiceField)
        themes.choices = [(taken.theme_id, taken.theme.name) for taken in dialogue.dialogue_themes.all()]
        agencies.choices = [(partner.pk, partner.display_name) for partner in agencies_of(dialogue.pk)]

    def clean(self):
        cleaned = super().clean() or {}
        first, last = cleaned.get("first_year"), cleaned.get("last_year")
        if first and last and first > last:
            self.add_error("last_year", ValidationError(_("The last year comes before the first.")))
        return cleaned

    def titled(self) -> MapTitle:
        held = self.cleaned_data
        titles = {f"title_{language}": held[f"title_{language}"] for language in settings.MODELTRANSLATION_LANGUAGES}
        return MapTitle(held["year"], held["as_of"], held["first_year"], held["last_year"], titles)

    def audience(self) -> list[str]:
        return audience_of(self.cleaned_data["preset"], self.dialogue.pk, self.cleaned_data["theme"])
