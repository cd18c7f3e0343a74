"""The admin's door is the portal's own sign-in: one way in, with its limits. Its first page begins with the daily work."""

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.http import HttpRequest

ORDER = ("profiles", "indicators", "atlas", "accounts", "auth")


def in_working_order(request: HttpRequest, app_label: str | None = None) -> list:
    """The rooms as the desk uses them; those of later work stand before the rights of groups."""
    rooms = admin.AdminSite.get_app_list(admin.site, request, app_label)
    order = {label: place for place, label in enumerate(ORDER)}
    return sorted(rooms, key=lambda room: order.get(room["app_label"], len(ORDER) - 1.5))


admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.get_app_list = in_working_order  # type: ignore[method-assign]
admin.site.site_url = None  # the header leads to the portal in the language of the page
admin.site.unregister(EmailAddress)  # people have the one address of their account
