"""The admin site: signs in through the portal, lists the daily work first, and adds `accounts.safe_forms` to every form."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.safe_forms.admin import SafeAdmin, SafeInline
from accounts.safe_forms.idempotency import idempotent

ORDER = ("profiles", "routes", "newscentre", "indicators", "atlas", "accounts", "auth")


def with_safe_forms(admin_class: type[admin.ModelAdmin]) -> type[admin.ModelAdmin]:
    inlines = [type(inline.__name__, (SafeInline, inline), {}) for inline in admin_class.inlines]
    named = {"__module__": admin_class.__module__, "__doc__": admin_class.__doc__, "inlines": inlines}
    return type(admin_class.__name__, (SafeAdmin, admin_class), named)


class SecretariatSite(admin.AdminSite):
    site_url = None  # the header leads to the portal in the language of the page

    def __init__(self, name: str = "admin"):
        super().__init__(name)
        self.login = secure_admin_login(self.login)  # type: ignore[method-assign]

    def register(self, model_or_iterable, admin_class=None, **options):
        super().register(model_or_iterable, with_safe_forms(admin_class or admin.ModelAdmin), **options)

    def admin_view(self, view, cacheable=False):
        return super().admin_view(idempotent(view), cacheable)

    def password_change(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:
        return redirect("account_change_password")

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list:
        """The rooms as the desk uses them; those of later work stand before the rights of groups."""
        rooms = super().get_app_list(request, app_label)
        order = {label: place for place, label in enumerate(ORDER)}
        return sorted(rooms, key=lambda room: order.get(room["app_label"], len(ORDER) - 1.5))
