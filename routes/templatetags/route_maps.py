"""Tags that show published features of maps."""

from django import template

from routes.page import in_language

register = template.Library()
register.filter("in_language", in_language)
