"""URLs of accounts: those of allauth that accounts by nomination need, and our own.

There is no sign-up: its address does not exist.
"""

from allauth.account import views as allauth
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as apps
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from accounts import views
from accounts.account_page import views as own
from accounts.nominations.invitation_views import Join, Link
from accounts.signing_in import terms_views
from accounts.signing_in import views as signing_in
from accounts.signing_in.reauthentication import confirmed

OF_FACTORS = [
    path("", signing_in.second_factors, name="mfa_index"),
    path("authenticate/", signing_in.SecondFactorView.as_view(), name="mfa_authenticate"),
    path("reauthenticate/", factors.reauthenticate, name="mfa_reauthenticate"),
    path("app/activate/", confirmed(apps.activate_totp), name="mfa_activate_totp"),
    path("app/", RedirectView.as_view(pattern_name="mfa_index"), name="mfa_deactivate_totp"),  # allauth leads here
    path("codes/", confirmed(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("codes/make/", confirmed(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("codes/download/", confirmed(codes.download_recovery_codes), name="mfa_download_recovery_codes"),
    path("keys/add/", confirmed(signing_in.AddKeyView.as_view()), name="mfa_add_webauthn"),
    path("keys/reauthenticate/", signing_in.KeyOnceMoreView.as_view(), name="mfa_reauthenticate_webauthn"),
    path("keys/login/", signing_in.KeyAloneView.as_view(), name="mfa_login_webauthn"),
    path("<int:pk>/remove/", signing_in.remove_factor, name="remove_factor"),
]

urlpatterns = [
    path("", own.own_page, name="own_page"),
    path("data/", own.own_data, name="own_data"),
    path("sessions/end/", own.end_sessions, name="end_sessions"),
    path("tokens/", own.make_token, name="make_token"),
    path("tokens/<int:pk>/revoke/", own.revoke_token, name="revoke_token"),
    path("terms/", terms_views.accept_terms, name="accept_terms"),
    path("second-factor/", include(OF_FACTORS)),
    path("login/", signing_in.sign_in, name="account_login"),
    path("login/again/", signing_in.sign_in_again, name="sign_in_again"),
    path("logout/", allauth.logout, name="account_logout"),
    path("inactive/", allauth.account_inactive, name="account_inactive"),
    path("reauthenticate/", allauth.reauthenticate, name="account_reauthenticate"),
    path("password/change/", allauth.password_change, name="account_change_password"),
    path("password/set/", confirmed(allauth.password_set), name="account_set_password"),
    path("password/reset/", allauth.password_reset, name="account_reset_password"),
    path("password/reset/done/", allauth.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        signing_in.NewPasswordView.as_view(),
        name="account_reset_password_from_key",
    ),
    path("password/reset/key/done/", allauth.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("view-as/", views.view_as, name="view_as"),
    path("join/", Join.as_view(), name="account_join"),
    path("join/<str:key>/", Link.as_view(), name="account_join_by_link"),
    path("signup/", views.no_sign_up, name="account_signup"),
]
