from importlib import import_module

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        from accounts.nominations.invitations import use_up

        import_module("accounts.signing_in.signals")  # connects its receivers

        def close_invitations(sender, user, **kwargs) -> None:
            use_up(user)

        def wipe_the_browser(sender, request, **kwargs) -> None:
            request.has_signed_out = True  # accounts.middleware.ViewerMiddleware

        user_logged_out.connect(wipe_the_browser, weak=False, dispatch_uid="accounts.wipe_the_browser")
        user_logged_in.connect(close_invitations, weak=False, dispatch_uid="accounts.close_invitations")
