"""Form in which a secretariat chooses as whom it views its dialogue."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access import tokens
from accounts.audiences.personas import Persona
from accounts.models import ReadingGroup
from atlas.models import Dialogue, Membership, Partner, PartnerKind, Role
from atlas.sorting import in_reading_order

Choices = list[tuple[str, str]]


class PersonaForm(forms.Form):
    """Everybody who takes part in a dialogue, its named groups, and the public."""

    whom = forms.ChoiceField(label=gettext_lazy("View as"))
    themes = forms.MultipleChoiceField(
        label=gettext_lazy("Nominated for"), required=False, widget=forms.CheckboxSelectMultiple
    )
    is_granted = forms.BooleanField(
        label=gettext_lazy("Reading granted by the Secretariat"),
        required=False,
        help_text=gettext_lazy("Without it, observers, donors and the European Commission read no restricted theme."),
    )
    next = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, dialogue: Dialogue, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.dialogue = dialogue
        themes = [(taken.theme_id, taken.theme.name) for taken in dialogue.dialogue_themes.select_related("theme")]
        self.fields["whom"].choices = self._everybody()  # type: ignore[attr-defined]
        self.fields["themes"].choices = themes  # type: ignore[attr-defined]
        self.fields["themes"].initial = [slug for slug, name in themes]

    def _everybody(self) -> list:
        partners = self._partners()
        of_kind = {kind: [row for row in partners if row[0].kind == kind] for kind in PartnerKind.values}
        groups = ReadingGroup.objects.filter(dialogue=self.dialogue)
        titled = [
            (_("Partner States"), _by_name(of_kind[PartnerKind.STATE])),
            (_("Partner Agencies"), _by_name(of_kind[PartnerKind.AGENCY])),
            (_("Other organisations"), _by_name(of_kind[PartnerKind.ORGANISATION])),
            (_("Members of a named group"), [(tokens.group(group.pk), group.name) for group in groups]),
        ]
        return [(tokens.PUBLIC, _("the public")), *((title, choices) for title, choices in titled if choices)]

    def _partners(self) -> list[tuple[Partner, list[Role]]]:
        """Partners that take part today, with their roles."""
        roles: dict[str, tuple[Partner, list[Role]]] = {}
        memberships = Membership.objects.filter(dialogue=self.dialogue).exclude(left__lte=timezone.localdate().year)
        for membership in memberships.exclude(role=Role.SECRETARIAT).select_related("partner__subject"):
            roles.setdefault(membership.partner_id, (membership.partner, []))[1].append(Role(membership.role))
        return list(roles.values())

    def persona(self) -> Persona:
        whom, is_partner = self.cleaned_data["whom"], self.cleaned_data["whom"].startswith("partner:")
        return Persona(
            dialogue=self.dialogue.pk,
            whom=whom,
            themes=tuple(self.cleaned_data["themes"]) if is_partner else (),
            is_granted=is_partner and self.cleaned_data["is_granted"],
        )


def _by_name(partners: list[tuple[Partner, list[Role]]]) -> Choices:
    """Choices sorted by name, with the role of those who are not *partners*."""
    choices = []
    for partner, roles in partners:
        name = partner.display_name
        if Role.PARTNER not in roles:
            words = _(", ").join(str(role.label) for role in roles)
            name = _("%(name)s (%(role)s)") % {"name": name, "role": words}
        choices.append((tokens.partner(partner.pk), name))
    return in_reading_order(choices, name=lambda choice: choice[1])
