"""Of allauth's addresses those that an account by nomination needs. There is no sign-up: its address does not exist."""

from allauth.account import views as allauth
from django.urls import path, re_path

from accounts import views
from accounts.joining import Join, Link

urlpatterns = [
    path("login/", allauth.login, name="account_login"),
    path("logout/", allauth.logout, name="account_logout"),
    path("inactive/", allauth.account_inactive, name="account_inactive"),
    path("reauthenticate/", allauth.reauthenticate, name="account_reauthenticate"),
    path("password/change/", allauth.password_change, name="account_change_password"),
    path("password/reset/", allauth.password_reset, name="account_reset_password"),
    path("password/reset/done/", allauth.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/reset/key/done/", allauth.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("join/", Join.as_view(), name="account_join"),
    path("join/<str:key>/", Link.as_view(), name="account_join_by_link"),
    path("signup/", views.no_sign_up, name="account_signup"),
]
