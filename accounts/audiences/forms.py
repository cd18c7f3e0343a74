"""Form fields for choosing an audience by preset, with a sentence that says who will be able to read.

static/js/audience.js shows the sentence of what is being chosen, and partners or group only where they are asked for.
"""

import copy
import json
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.forms.widgets import Script
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from access.audience_comparison import is_covered
from access.presets import Preset
from access.tokens import PUBLIC
from access.viewer import Viewer, narrowest
from accounts.audiences.presets import audience_of, names_in, preset_of, who_can_read
from accounts.audiences.widening import Change, apply_audience_change, readers_of, waiting_for, who_could_confirm
from accounts.models import ReadingGroup, User
from atlas.models import Dialogue, DialogueTheme, Partner
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
    Under the choices stand what waits to be confirmed, and a link that leads to seeing the dialogue as others do.
    """

    template_name = "accounts/preset_radios.html"
    sentences: dict[str, str] = {}
    view_as: dict[str, str] = {}
    waiting = ""

    def get_context(self, name, value, attrs):
        further = {"view_as": urlencode(self.view_as), "waiting": self.waiting}
        return super().get_context(name, value, attrs) | further

    def create_option(self, name, value, *args, **kwargs):
        option = super().create_option(name, value, *args, **kwargs)
        if value in self.sentences:
            option["attrs"]["data-sentence"] = self.sentences[value]
        return option


class AudienceForm(forms.ModelForm):
    """Adds preset, partners and group to a model's form, and writes `audience`. Rows have a dialogue; some have a theme.

    Groups are those of the row's dialogue; for a new row whose dialogue is still chosen, `offer_groups_of` says of which.

    Subclasses for rows without a theme set `has_theme = False`; those that may inherit set
    `may_inherit = True`, and say in `inherits` what from: the row's `whole`.
    Where there is a theme, `save` writes no wider audience than today's and the theme's proposal: `settle`, which the
    admin calls once the row is saved, asks a second person for the rest.
    """

    has_theme = True
    may_inherit = False
    inherits = gettext_lazy("as the profile")
    viewer: Viewer

    preset = forms.ChoiceField(label=gettext_lazy("Who can read this"), widget=PresetRadios, required=False)
    partners = PartnersByName(
        Partner.objects.none(),
        label=gettext_lazy("Named partners"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )
    reading_group = forms.ModelChoiceField(
        label=gettext_lazy("Named group"), required=False, queryset=ReadingGroup.objects.none()
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
        partners = self.fields["partners"]
        assert isinstance(partners, PartnersByName)
        partners.queryset = Partner.objects.sayable().select_related("subject")
        partners.widget.attrs["data-separator"] = _(", ")
        if self.instance.pk:
            self._field_of_groups().queryset = ReadingGroup.objects.filter(dialogue=self._dialogue_of_instance())
        self._show(self.audience_to_show())
        held = self.instance.audience
        if self.instance.pk and held is not None:
            self.fields["preset"].help_text = self._sentence_of(held)
        elif self.instance.pk and self.may_inherit:
            self.fields["preset"].help_text = self._sentence_of(self.instance.audience_parent.audience)
        waiting = waiting_for(self.instance) if self.instance.pk and self.has_theme else None
        if waiting:
            preset.widget.waiting = who_can_read(readers_of(waiting.wanted, self.instance))

    def _sentence_of(self, audience: list[str]) -> str:
        """Who reads the row today, and its dialogue. Escaped, since the admin takes it for markup."""
        dialogue = Dialogue.objects.get(pk=self._dialogue_of_instance())
        return escape(who_can_read(narrowest(dialogue.audience, audience)))

    def audience_to_show(self) -> list[str] | None:
        """The audience that the fields show as chosen, or None."""
        return self.instance.audience if self.instance.pk else None

    def _show(self, audience: list[str] | None) -> None:
        if audience is not None:
            self.fields["preset"].initial = preset_of(audience)
            self.fields["partners"].initial = names_in(audience, "partner")
            self.fields["reading_group"].initial = next(iter(names_in(audience, "group")), None)

    def _preset_choices(self) -> list[tuple[str, str]]:
        choices = [
            (preset.value, str(preset.label)) for preset in Preset if self.has_theme or preset is not Preset.THEME
        ]
        if self.may_inherit:
            return [("", str(self.inherits)), *choices]
        return choices if self.instance.pk else [("", _("as the theme proposes")), *choices]

    def _sentences(self) -> dict[str, str]:
        """Who will be able to read, by preset, in the words of `who_can_read`."""
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
        """Sentences that depend on where the row belongs, or on where a new row will belong."""
        if not self.has_theme:
            return {}
        if not self.instance.pk:
            return {
                Preset.THEME.value: _(
                    "Restricted access: the nominated users of the dialogue and theme chosen above can read this."
                ),
                "": _("Those can read this whom the Secretariat proposed for the theme chosen above."),
            }
        parent = self.instance.audience_parent if self.may_inherit else self.instance
        theme = audience_of(Preset.THEME, parent.dialogue_id, parent.theme_id)
        inherited = {"": who_can_read(parent.audience)} if self.may_inherit else {}
        return {Preset.THEME.value: who_can_read(theme), **inherited}

    def _where_to_view_as(self) -> dict[str, str]:
        """Parameters of the page for viewing as: the row's dialogue, and the page that readers have of it."""
        if not self.instance.pk:
            return {}
        return {"dialogue": self._dialogue_of_instance(), "next": self.page_of_the_row()}

    def _dialogue_of_instance(self) -> str:
        return self.instance.audience_parent.dialogue_id if self.may_inherit else self.instance.dialogue_id

    def _field_of_groups(self) -> forms.ModelChoiceField:
        field = self.fields["reading_group"]
        assert isinstance(field, forms.ModelChoiceField)
        return field

    @classmethod
    def offer_groups_of(cls, dialogues: list[str]) -> None:
        """Lets a new row choose among the groups of these dialogues. Call it on a class made for one request."""
        field = copy.deepcopy(cls.base_fields["reading_group"])
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = ReadingGroup.objects.filter(dialogue__in=dialogues)
        cls.base_fields["reading_group"] = cls.declared_fields["reading_group"] = field  # the latter for its heirs

    def page_of_the_row(self) -> str:
        """URL of the page that readers have of the row; empty where there is none."""
        return ""

    def clean(self):
        cleaned = super().clean() or {}
        preset = cleaned.get("preset")
        if preset == Preset.PARTNERS and not cleaned.get("partners"):
            self.add_error("partners", ValidationError(_("Name at least one partner.")))
        if preset == Preset.GROUP and not cleaned.get("reading_group"):
            self.add_error("reading_group", ValidationError(_("Name the group.")))
        self._refuse_group_of_another_dialogue(cleaned)
        return cleaned

    def _refuse_group_of_another_dialogue(self, cleaned: dict) -> None:
        """The database refuses it too (`imap_add_secretariat`)."""
        group = cleaned.get("reading_group")
        if cleaned.get("preset") != Preset.GROUP or group is None:
            return
        try:
            dialogue, _theme = self.dialogue_and_theme()
        except (ObjectDoesNotExist, KeyError):  # the dialogue, or what it follows from, is itself wrong
            return
        if group.dialogue_id != dialogue:
            words = {"group": group.name, "dialogue": group.dialogue.short_name}
            sentence = _("“%(group)s” is a group of another dialogue (%(dialogue)s): choose one of this dialogue.")
            self.add_error("reading_group", ValidationError(sentence, params=words))

    def dialogue_and_theme(self) -> tuple[str, str]:
        """Slugs of the dialogue and (or '') the theme that the row belongs to."""
        dialogue = self.cleaned_data.get("dialogue") or self.instance.dialogue
        theme = self.cleaned_data.get("theme") or getattr(self.instance, "theme", None)
        return dialogue.pk, theme.pk if theme else ""

    def chosen_audience(self) -> list[str] | None:
        """The tokens that were chosen, or None when the row inherits."""
        dialogue, theme = self.dialogue_and_theme()
        preset = self.cleaned_data.get("preset")
        if not preset and self.may_inherit:
            return None
        if not preset:
            return self._proposed_audience()
        partners = [partner.pk for partner in self.cleaned_data.get("partners") or ()]
        group = self.cleaned_data.get("reading_group")
        return audience_of(preset, dialogue, theme, partners, group.pk if group else None)

    def _proposed_audience(self) -> list[str]:
        dialogue, theme = self.dialogue_and_theme()
        proposed = DialogueTheme.objects.filter(dialogue=dialogue, theme=theme or None)
        preset = proposed.values_list("preset", flat=True).first() or Preset.SECRETARIAT
        return audience_of(preset, dialogue, theme)

    def _change(self) -> Change:
        """What of the choice is applied now. Reads the audience again: a colleague may have narrowed it."""
        chosen = self.chosen_audience()
        if self.instance.pk is None:
            nobody_else = audience_of(Preset.SECRETARIAT, *self.dialogue_and_theme())
            if not self.has_theme or is_covered(chosen or (), self._proposed_audience()):
                return Change(chosen, chosen)
            return Change(nobody_else, nobody_else, chosen, is_asked=True)
        rows = type(self.instance)._default_manager.select_for_update(of=("self",))
        today = rows.values_list("audience", flat=True).get(pk=self.instance.pk)
        at_once = [*readers_of(today, self.instance), *self._proposed_audience()] if self.has_theme else [PUBLIC]
        if is_covered(readers_of(chosen, self.instance), at_once):
            return Change(today, chosen)
        return Change(today, today, chosen, is_asked=True)

    def save(self, commit=True):
        self.change = self._change()
        self.instance.audience = self.change.applied
        return super().save(commit)

    def settle(self, by: User) -> str:
        """Logs what changed, and asks for confirmation of the rest. Returns a sentence for whoever saved the form."""
        dialogue, _theme = self.dialogue_and_theme()
        apply_audience_change(self.change, self.instance, dialogue, by)
        if not self.change.is_asked:
            return ""
        words = {"until_then": who_can_read(readers_of(self.change.applied, self.instance))}
        if who_could_confirm(dialogue, by):
            return (
                _(
                    "More people would read this than the theme proposes, so a colleague of the Secretariat is asked to confirm it. Until then: %(until_then)s"
                )
                % words
            )
        return (
            _(
                "More people would read this than the theme proposes, and there is no second person in the Secretariat to confirm it. Until then: %(until_then)s"
            )
            % words
        )


class PlannedAudienceForm(AudienceForm):
    """For rows that the Secretariat alone reads until they are published.

    Whom it chooses for then is kept in the row's `planned_audience`, and holds at publishing, whoever publishes.
    """

    def is_to_be_published(self) -> bool:
        raise NotImplementedError

    def audience_to_show(self):
        row = self.instance
        if row.pk and not row.is_published and (row.planned_audience is not None or self.may_inherit):
            return row.planned_audience
        return super().audience_to_show()

    def chosen_audience(self):
        self.instance.planned_audience = chosen = super().chosen_audience()
        return chosen if self.is_to_be_published() else []


AUDIENCE_FIELDS = ["preset", "partners", "reading_group"]
