"""Forms for nominating, correcting and ending. The rules themselves are in `accounts.nominations.nominating`."""

from collections.abc import Iterable
from datetime import date

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.email_addresses import domain_as_sent, normalised
from accounts.models import Affiliation, ApprovedAddress, Engagement, PartnerPolicy
from accounts.models.words import refuse_hidden_words
from accounts.nominations.mandates import needs_grant
from accounts.nominations.nominating import Candidate, Succession, open_to
from atlas.models import Dialogue, Partner


class ThemesByDialogue(forms.CheckboxSelectMultiple):
    """Checkboxes grouped by dialogue, with the dialogue's name as legend."""

    template_name = "accounts/themes_by_dialogue.html"


class LanguageSelect(forms.Select):
    """Select of languages, each option in its own language and with its `lang` attribute."""

    def create_option(self, name, value, *args, **kwargs):
        option = super().create_option(name, value, *args, **kwargs)
        option["attrs"]["lang"] = str(value)
        return option


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self):
        super().__init__(format="%Y-%m-%d")


class AddressField(forms.CharField):
    """E-mail field that is always left-to-right, and keeps the address as it is sent to."""

    widget = forms.EmailInput(attrs={"dir": "ltr", "autocomplete": "off"})

    def clean(self, value):
        written = super().clean(value)
        return normalised(written) if written else written


class PartnerChoiceForm(forms.Form):
    """The partner for which a nomination on paper is recorded, sent by GET."""

    use_required_attribute = False

    partner = forms.ChoiceField(label=gettext_lazy("Partner"))

    def __init__(self, partners: Iterable[Partner]):
        super().__init__(label_suffix="")
        field = self.fields["partner"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(partner.pk, partner.display_name) for partner in partners]


class PersonForm(forms.Form):
    """The person's name and contact."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120, validators=[refuse_hidden_words])
    email = AddressField(label=gettext_lazy("E-mail"), max_length=254)
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=settings.LANGUAGES, initial=get_language, widget=LanguageSelect
    )


class NominationForm(PersonForm):
    """A candidate of one partner, for themes of all or some dialogues in which it takes part."""

    office = forms.CharField(label=gettext_lazy("Office"), max_length=160, validators=[refuse_hidden_words])
    wanted = forms.MultipleChoiceField(label=gettext_lazy("Dialogues and themes"), widget=ThemesByDialogue)
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"})
    )
    letter = forms.FileField(
        label=gettext_lazy("Letter or note verbale"),
        required=False,
        help_text=gettext_lazy("PDF, Word (docx), JPEG or PNG, at most 10 megabytes."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.docx,.jpg,.jpeg,.png"}),
    )
    is_focal_point = forms.BooleanField(
        label=gettext_lazy("National focal point: answers for the partner's information, and may nominate"),
        label_suffix="",
        required=False,
    )
    may_nominate = forms.BooleanField(
        label=gettext_lazy("Nominating authority: may nominate the partner's people"),
        label_suffix="",
        required=False,
    )
    last_day = forms.DateField(
        label=gettext_lazy("Last day of the predecessor"),
        required=False,
        widget=DayInput,
        help_text=gettext_lazy("Empty: the day on which the successor is accepted."),
    )

    field_order = [
        "name", "office", "email", "language", "wanted", "reason", "letter", "is_focal_point", "may_nominate", "last_day",
    ]  # fmt: skip

    def __init__(self, *args, partner: Partner, predecessor: Affiliation | None = None, among=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.partner, self.predecessor = partner, predecessor
        found = {dialogue: rows for dialogue, rows in open_to(partner).items() if among is None or dialogue.pk in among}
        self.dialogues: list[Dialogue] = list(found)
        wanted = self.fields["wanted"]
        assert isinstance(wanted, forms.MultipleChoiceField)
        wanted.choices = [
            (dialogue.name, [(f"{dialogue.pk}:{row.theme_id}", row.theme.name) for row in rows])
            for dialogue, rows in found.items()
        ]
        self.fields["email"].help_text = _(
            "An address of your own domains is accepted as it is; the Secretariat approves any other one by itself."
        )
        if predecessor is None:
            del self.fields["last_day"]

    @property
    def where_granted(self) -> list[Dialogue]:
        """Dialogues in which people of this partner read only what the secretariat grants."""
        return [dialogue for dialogue in self.dialogues if needs_grant(self.partner.pk, dialogue.pk)]

    def candidate(self) -> Candidate:
        names = ("name", "office", "email", "language", "reason", "letter", "is_focal_point", "may_nominate")
        return Candidate(**{name: self.cleaned_data[name] for name in names})

    def wanted_themes(self) -> dict[str, list[str]]:
        """Dialogue slug → theme slugs."""
        chosen: dict[str, list[str]] = {}
        for value in self.cleaned_data["wanted"]:
            dialogue, _sep, theme = value.partition(":")
            chosen.setdefault(dialogue, []).append(theme)
        return chosen

    def succession(self) -> Succession | None:
        return Succession(self.predecessor, self.cleaned_data["last_day"]) if self.predecessor else None


class PaperForm(NominationForm):
    """A nomination on paper, for the dialogues of the secretariat that records it."""

    received_on = forms.DateField(label=gettext_lazy("Received on"), widget=DayInput, initial=timezone.localdate)

    field_order = ["received_on", *NominationForm.field_order]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = ""


class AddressForm(forms.Form):
    email = AddressField(label=gettext_lazy("E-mail"), max_length=254)


class EndForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("For the history of the mandate; the person is not told."),
    )


class EngagementForm(PersonForm):
    """A person without a partner."""

    purpose = forms.CharField(
        label=gettext_lazy("Purpose"),
        max_length=160,
        validators=[refuse_hidden_words],
        help_text=gettext_lazy("Such as: translation into Arabic."),
    )
    dialogue = forms.ModelChoiceField(Dialogue.objects.none(), label=gettext_lazy("Dialogue"), empty_label=None)
    ends_on = forms.DateField(label=gettext_lazy("Ends on"), widget=DayInput)

    def __init__(self, *args, dialogues: list[str], **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["dialogue"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Dialogue.objects.filter(pk__in=dialogues)


class ProlongForm(forms.ModelForm):
    class Meta:
        model = Engagement
        fields = ["ends_on"]

    def clean_ends_on(self) -> date:
        day = self.cleaned_data["ends_on"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("Choose a day that has not passed."))
        return day


class PolicyForm(forms.ModelForm):
    """Domains are stored in ASCII (IDNA)."""

    class Meta:
        model = PartnerPolicy
        fields = ["partner", "domains", "months", "requires_second_factor"]

    def clean_domains(self) -> list[str]:
        return sorted({domain_as_sent(domain) for domain in self.cleaned_data["domains"]})


class ApprovalForm(forms.ModelForm):
    email = AddressField(label=gettext_lazy("E-mail"), max_length=254)

    class Meta:
        model = ApprovedAddress
        fields = ["partner", "email"]


class DecisionForm(forms.Form):
    """A secretariat's decision about a nomination. Asks for a grant where the partner's role needs one."""

    approves_address = forms.BooleanField(label=gettext_lazy("Approve this single address"), required=False)
    is_granted = forms.BooleanField(required=False)
    reason = forms.CharField(
        label=gettext_lazy("Reason of a refusal"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=gettext_lazy("The partner is told."),
    )
