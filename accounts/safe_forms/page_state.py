"""The state of pages on which somebody decides, confirms, publishes or deletes: compares what they showed with what holds."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.core import signing
from django.db import models
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.encoding import force_str
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.safe_forms.form_state import STATE, has_a_state

FACTS = "_shown"
SALT = "accounts.safe_forms.page_state"
SIGNER = signing.Signer(salt=SALT)
CARRIED = 300  # letters of a fact that go with the form; all of it counts
CARRIED_BY_LISTS = 80
MOST_CARRIED = 200  # facts
CHANGED_SINCE_SHOWN = gettext_lazy(
    "What this page shows was changed by somebody else, or in another window, after you had opened it. Nothing was done. "
    "Compare both, and decide anew."
)
NOT_SAID_WHAT_WAS_SHOWN = gettext_lazy(
    "What was sent does not say what its page showed. Nothing was done. Look at what holds now, and decide anew."
)
NOT_TOLD = {"last_login", "seen_at", "used_at"}  # what changes beside the work of any desk
NOT_TOLD |= {"password", "digest"}  # what no page shows

Excerpts = dict[str, list[str]]


@dataclass(frozen=True)
class Change:
    """What a page showed when it was opened, and what it says now."""

    label: str
    then: str
    now: str

    def __str__(self) -> str:
        both = _("%(label)s: “%(then)s” when you opened the page, now “%(now)s”.")
        return both % {"label": self.label, "then": self.then or "–", "now": self.now or "–"}


class PageState:
    """`facts`: in words, all on which the person decides. What only others may see is none of them.

    `beside`: what counts too, and is not said. `is_asked`: the request comes from a form of this page, and not from another
    one that led to it.
    """

    def __init__(
        self, request: HttpRequest, facts: Mapping[str, object], *, beside: object = "", is_asked: bool = True
    ):
        held = {str(label): force_str(value) for label, value in facts.items()}
        self.state = _digest([held, beside])
        self.facts = _excerpts(held, CARRIED)
        is_sent = is_asked and request.method == "POST"
        self.is_older = is_sent and not constant_time_compare(request.POST.get(STATE, ""), self.state)
        self.sentence = CHANGED_SINCE_SHOWN if has_a_state(request) else NOT_SAID_WHAT_WAS_SHOWN
        self.changes = changes(_loaded(request.POST.get(FACTS, "")), self.facts) if self.is_older else []

    @property
    def carried(self) -> str:
        """The signed state that the form carries: what its user has seen."""
        return SIGNER.sign_object(self.facts, compress=True)

    @property
    def refusal(self) -> str:
        """The reason and both states in words, for a page that redirects to another one."""
        return " ".join([str(self.sentence), *map(str, self.changes)])


def changes(then: Excerpts, now: Excerpts) -> list[Change]:
    """Changes since the page was shown; None if it is unknown what was shown."""
    nothing = ["", ""]
    labels = [*now, *(label for label in then if label not in now)] if then else []
    both = ((label, then.get(label, nothing), now.get(label, nothing)) for label in labels)
    return [Change(label, before[0], after[0]) for label, before, after in both if before != after]


def facts_of(row: models.Model, name: str = "", only: Collection[str] = ()) -> dict[str, str]:
    """What a row holds in the fields that somebody may write, by their labels; of another row its number alone.

    `only`: names of fields, where others are not for the person who is shown them.
    """
    head = f"{name}, " if name else ""
    fields = [one for one in row._meta.concrete_fields if (one.name in only if only else _is_written(one))]
    return {f"{head}{one.verbose_name}": _in_words(row, one) for one in fields if one.name not in NOT_TOLD}


def facts_of_all(rows: Iterable[models.Model], only: Collection[str] = ()) -> dict[str, str]:
    held: dict[str, str] = {}
    for row in rows:
        name = f"{row} ({row.pk})"
        held |= {name: str(row)} | facts_of(row, name, only)
    return held


def state_of_row(row: models.Model, shown: Collection[str] = ()) -> str:
    """Of what somebody may write, and of what is `shown` besides."""
    fields = [one for one in row._meta.concrete_fields if one.name in shown or _is_written(one)]
    return _digest({one.name: _in_words(row, one) for one in fields if one.name not in NOT_TOLD})[:20]


def _is_written(one: models.Field) -> bool:
    return bool(one.editable or one.choices) and not one.primary_key


def _in_words(row: models.Model, one: models.Field) -> str:
    if one.is_relation:
        return force_str(one.value_to_string(row))
    value = row._get_FIELD_display(one) if one.choices else getattr(row, one.attname)  # type: ignore[attr-defined]
    value = ", ".join(map(force_str, value)) if isinstance(value, list | tuple) else value
    return "" if value is None else force_str(value)


def _digest(held: object) -> str:
    return salted_hmac(SALT, json.dumps(held, sort_keys=True)).hexdigest()


def _excerpts(facts: Mapping[str, str], letters: int) -> Excerpts:
    """The beginning of each text, and the digest of longer ones."""
    return {
        label: [Truncator(value).chars(letters), _digest(value)[:8] if len(value) > letters else ""]
        for label, value in list(facts.items())[:MOST_CARRIED]
    }


def _loaded(sent: str) -> dict:
    try:
        return SIGNER.unsign_object(sent)
    except signing.BadSignature:
        return {}


# Lists ------------------------------------------------------------------------------------------------------------------


def states_of(rows: Iterable[models.Model], shown: Collection[str]) -> str:
    """For the form of a list: key → name, digest and excerpts of each row."""
    held = {
        str(row.pk): [str(row), state_of_row(row, shown), _excerpts(facts_of(row, only=shown), CARRIED_BY_LISTS)]
        for row in rows
    }
    return SIGNER.sign_object(held, compress=True)


def changed_of(
    rows: Iterable[models.Model], sent: str, chosen: Iterable[str], shown: Collection[str]
) -> dict[str, list[Change]]:
    """Names of the chosen rows that are not as the list showed them. `rows`: those that still exist."""
    known, found = _loaded(sent), {str(row.pk): row for row in rows}
    changed = {known[number][0]: [] for number in chosen if number in known and number not in found}
    for number, row in found.items():
        _name, state, then = known.get(number, ["", "", {}])
        if state != state_of_row(row, shown):
            changed[str(row)] = changes(then, _excerpts(facts_of(row, only=shown), CARRIED_BY_LISTS))
    return changed
