import uuid

from django import template
from django.utils.crypto import salted_hmac

register = template.Library()


@register.inclusion_tag("admin/accounts/guard.html", takes_context=True)
def form_guard(context) -> dict[str, object]:
    """What a form of the admin carries unseen: a key of its own, and the state from which it was made, if it is of a row."""
    return {"key": uuid.uuid4(), "state": context.get("form_state")}


@register.simple_tag(takes_context=True)
def person_key(context) -> str:
    """By which a browser keeps what its person typed: another one for each, and it says nothing of them."""
    return salted_hmac("accounts.safe_forms.person", str(context["request"].user.pk)).hexdigest()[:24]
