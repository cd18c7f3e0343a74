import uuid

from django import template
from django.utils.crypto import salted_hmac

from accounts.nominations.nomination_status import facts_of_mandate
from accounts.safe_forms.page_state import PageState

register = template.Library()


@register.inclusion_tag("admin/accounts/guard.html", takes_context=True)
def form_guard(context) -> dict[str, object]:
    """What a form of the desk carries unseen: a key of its own, and the state from which it was made, if it is of a row."""
    state = _state_of(context["shown"]) if context.get("shown") else {"state": context.get("form_state")}
    return {"key": uuid.uuid4(), **state}


@register.inclusion_tag("admin/accounts/guard.html", takes_context=True)
def shown_guard(context) -> dict[str, str]:
    """What a form of a partner's page carries unseen: what the page showed."""
    return _state_of(context["shown"])


@register.inclusion_tag("admin/accounts/guard.html", takes_context=True)
def mandate_guard(context, row) -> dict[str, str]:
    """The same for a row of a list of mandates, each with a form of its own."""
    return _state_of(PageState(context["request"], facts_of_mandate(row), is_asked=False))


def _state_of(shown: PageState) -> dict[str, str]:
    return {"state": shown.state, "carried": shown.carried}


@register.inclusion_tag("admin/accounts/shown_differences.html", takes_context=True)
def shown_differences(context) -> dict[str, object]:
    """Why a decision was refused, with both states, where the page was changed after it was opened."""
    return {"shown": context.get("shown")}


@register.simple_tag(takes_context=True)
def person_key(context) -> str:
    """By which a browser keeps what its person typed: another one for each, and it says nothing of them."""
    return salted_hmac("accounts.safe_forms.person", str(context["request"].user.pk)).hexdigest()[:24]
