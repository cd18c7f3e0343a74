"""The admin's doors are the portal's own: one way in, one to change a password. Its first page begins with the daily work."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

ORDER = ("profiles", "routes", "newscentre", "indicators", "atlas", "accounts", "auth")


def in_working_order(request: HttpRequest, app_label: str | None = None) -> list:
    """The rooms as the desk uses them; those of later work stand before the rights of groups."""
    rooms = admin.AdminSite.get_app_list(admin.site, request, app_label)
    order = {label: place for place, label in enumerate(ORDER)}
    return sorted(rooms, key=lambda room: order.get(room["app_label"], len(ORDER) - 1.5))


def change_password(request: HttpRequest, extra_context: object = None) -> HttpResponse:
    return redirect("account_change_password")


admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.password_change = change_password  # type: ignore[assignment, method-assign]
admin.site.get_app_list = in_working_order  # type: ignore[method-assign]
admin.site.site_url = None  # the header leads to the portal in the language of the page
