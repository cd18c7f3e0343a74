"""The badge of a section among what is found."""

from django import template

from access.visibility import readers_of
from profiles.models import EditionText
from profiles.templatetags.readers import tier

register = template.Library()


@register.simple_tag
def readers_badge(text: EditionText) -> str:
    return tier(readers_of(text))
