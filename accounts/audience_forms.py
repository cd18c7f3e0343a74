"""Choosing an audience by preset, with the sentence that says who will be able to read.

static/js/audience.js shows the sentence of what is being chosen, and partners or group only where they are asked for.
"""

import json
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.forms.widgets import Script
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from access.presets import Preset
from access.viewer import Viewer
from accounts.audiences import audience_of, names_in, preset_of, who_can_read
from accounts.models import ReadingGroup
from atlas.models import DialogueTheme, Partner
from atlas.sorting import in_reading_order


class InReadingOrder(forms.models.ModelChoiceIterator):
    def __iter__(self):
        for partner in in_reading_order(self.queryset, name=lambda partner: partner.display_name):
            yield self.field.prepare_value(partner), partner.display_name


class PartnersByName(forms.ModelMultipleChoiceField):
    iterator = InReadingOrder


PLURALS = {"zero": 0, "one": 1, "two": 2, "few": 3, "many": 11, "other": 100}  # a number of each kind there is


class PresetRadios(forms.RadioSelect):
    """Each choice carries its sentence in `data-sentence`; `{names}` stands for what is chosen beside it.

    A choice of several things carries the sentence once for each plural of the language, as JSON by its CLDR name.
    Under the choices a link leads to seeing the dialogue as others do.
    """

    template_name = "accounts/preset_radios.html"
    sentences: dict[str, str] = {}
    view_as: dict[str, str] = {}

    def get_context(self, name, value, attrs):
        return super().get_context(name, value, attrs) | {"view_as": urlencode(self.view_as)}

    def create_option(self, name, value, *args, **kwargs):
        option = super().create_option(name, value, *args, **kwargs)
        if value in self.sentences:
            option["attrs"]["data-sentence"] = self.sentences[value]
        return option


class AudienceForm(forms.ModelForm):
    """Adds preset, partners and group to a model's form, and writes `audience`. Rows have a dialogue; some have a theme.

    Subclasses for rows without a theme set `has_theme = False`; those that may inherit set `may_inherit = True`.
    """

    has_theme = True
    may_inherit = False
    viewer: Viewer

    preset = forms.ChoiceField(label=gettext_lazy("Who can read this"), widget=PresetRadios, required=False)
    partners = PartnersByName(
        Partner.objects.select_related("subject"),
        label=gettext_lazy("Named partners"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )
    reading_group = forms.ModelChoiceField(
        label=gettext_lazy("Named group"), required=False, queryset=ReadingGroup.objects.all()
    )

    class Media:
        js = [Script("js/audience.js", type="module")]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        preset = self.fields["preset"]
        assert isinstance(preset, forms.ChoiceField) and isinstance(preset.widget, PresetRadios)
        preset.choices = self._preset_choices()
        preset.widget.sentences = self._sentences()
        preset.widget.view_as = self._where_to_view_as()
        self.fields["partners"].widget.attrs["data-separator"] = _(", ")
        held = self.instance.audience
        if self.instance.pk and held is not None:
            self.fields["preset"].initial = preset_of(held)
            self.fields["partners"].initial = names_in(held, "partner")
            self.fields["reading_group"].initial = next(iter(names_in(held, "group")), None)
            self.fields["preset"].help_text = who_can_read(held)
        elif self.instance.pk and self.may_inherit:
            self.fields["preset"].help_text = who_can_read(self.instance.profile.audience)

    def _preset_choices(self) -> list[tuple[str, str]]:
        choices = [
            (preset.value, str(preset.label)) for preset in Preset if self.has_theme or preset is not Preset.THEME
        ]
        if self.may_inherit:
            return [("", _("as the profile")), *choices]
        return choices if self.instance.pk else [("", _("as the theme proposes")), *choices]

    def _sentences(self) -> dict[str, str]:
        """Who will be able to read, by preset; the words are those of `who_can_read`."""
        partners = {
            plural: ngettext(
                "Restricted access: the nominated users of %(partners)s can read this.",
                "Restricted access: the nominated users of these partners can read this: %(partners)s.",
                number,
            )
            % {"partners": "{names}"}
            for plural, number in PLURALS.items()
        }
        group = _("Restricted access: the members of “%(group)s” can read this.") % {"group": "{names}"}
        known = {
            Preset.PUBLIC: who_can_read(audience_of(Preset.PUBLIC, "", "")),
            Preset.NOMINATED: who_can_read(audience_of(Preset.NOMINATED, "", "")),
            Preset.PARTNERS: json.dumps(partners, ensure_ascii=False),
            Preset.GROUP: group,
            Preset.SECRETARIAT: who_can_read(audience_of(Preset.SECRETARIAT, "", "")),
        }
        return {preset.value: sentence for preset, sentence in known.items()} | self._sentences_of_the_row()

    def _sentences_of_the_row(self) -> dict[str, str]:
        """Those that depend on where the row belongs; of a new row that is still being chosen."""
        if not self.has_theme:
            return {}
        if not self.instance.pk:
            return {
                Preset.THEME.value: _(
                    "Restricted access: the nominated users of the dialogue and theme chosen above can read this."
                ),
                "": _("Those can read this whom the Secretariat proposed for the theme chosen above."),
            }
        profile = self.instance.profile if self.may_inherit else self.instance
        theme = audience_of(Preset.THEME, profile.dialogue_id, profile.theme_id)
        inherited = {"": who_can_read(profile.audience)} if self.may_inherit else {}
        return {Preset.THEME.value: who_can_read(theme), **inherited}

    def _where_to_view_as(self) -> dict[str, str]:
        """What the page for viewing as is told: the row's dialogue, and the page that readers have of it."""
        if not self.instance.pk:
            return {}
        dialogue = self.instance.profile.dialogue_id if self.may_inherit else self.instance.dialogue_id
        return {"dialogue": dialogue, "next": self.page_of_the_row()}

    def page_of_the_row(self) -> str:
        """The address of what readers are shown of the row; empty where it has no page of its own."""
        return ""

    def clean(self):
        cleaned = super().clean() or {}
        preset = cleaned.get("preset")
        if preset == Preset.PARTNERS and not cleaned.get("partners"):
            self.add_error("partners", ValidationError(_("Name at least one partner.")))
        if preset == Preset.GROUP and not cleaned.get("reading_group"):
            self.add_error("reading_group", ValidationError(_("Name the group.")))
        return cleaned

    def dialogue_and_theme(self) -> tuple[str, str]:
        """Slugs of the dialogue and (or '') the theme that the row belongs to."""
        dialogue = self.cleaned_data.get("dialogue") or self.instance.dialogue
        theme = self.cleaned_data.get("theme") or getattr(self.instance, "theme", None)
        return dialogue.pk, theme.pk if theme else ""

    def chosen_audience(self) -> list[str] | None:
        """The tokens of what was chosen; None when the row inherits."""
        dialogue, theme = self.dialogue_and_theme()
        preset = self.cleaned_data.get("preset")
        if not preset and self.may_inherit:
            return None
        if not preset:
            proposed = DialogueTheme.objects.filter(dialogue=dialogue, theme=theme or None)
            preset = proposed.values_list("preset", flat=True).first() or Preset.SECRETARIAT
        partners = [partner.pk for partner in self.cleaned_data.get("partners") or ()]
        group = self.cleaned_data.get("reading_group")
        return audience_of(preset, dialogue, theme, partners, group.pk if group else None)

    def save(self, commit=True):
        self.instance.audience = self.chosen_audience()
        return super().save(commit)


AUDIENCE_FIELDS = ["preset", "partners", "reading_group"]
