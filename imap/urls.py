"""The portal's URLs. Wires fragments of some rooms into the pages of others."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path, register_converter
from django.views.i18n import set_language

from accounts.account_page.api import me
from accounts.signing_in.converters import VersionConverter
from accounts.signing_in.single_sign_on import back_from_agency, go_to_agency
from accounts.signing_in.terms_views import terms
from atlas.views import basemap
from imap import views
from newscentre.articles.fragments import latest_of
from newscentre.library.urls import urls as library_urls
from profiles.listing import links_of_subjects, profiles_seen
from profiles.urls import urls as profile_urls
from routes.embeds.views import embedded, embedded_layers
from routes.urls import urls as route_urls

register_converter(VersionConverter, "version")

urlpatterns = [
    path("", views.root, name="root"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("basemap/<slug:digest>.json", basemap, name="basemap"),
    path("api/me", me, name="api_me"),
    path("api/", include("api.urls")),
    # Without a language: an agency's provider knows one address to come back to.
    path("single-sign-on/<slug:provider_id>/", go_to_agency, name="openid_connect_login"),
    path("single-sign-on/<slug:provider_id>/back/", back_from_agency, name="openid_connect_callback"),
    path("embed/<str:key>/", embedded, name="embed"),
    path("embed/<str:key>/layers-<int:zoom>.geojson", embedded_layers, name="embed_layers"),
    path("secretariat/language/", set_language, name="set_language"),
    path("secretariat/", admin.site.urls),
]

urlpatterns += i18n_patterns(
    path("", views.home, name="home"),
    path("accounts/", include("accounts.urls")),
    path("nominations/", include("accounts.nominations.urls")),
    path("terms/", terms, name="terms"),
    path("terms/<version:version>/", terms, name="former_terms"),
    path("privacy/", views.page, {"name": "privacy"}, name="privacy"),
    path("accessibility/", views.page, {"name": "accessibility"}, name="accessibility"),
    path("maps/<slug:dialogue>/routes/", include(route_urls(links_of_subjects))),
    path("", include("atlas.urls")),
    path("", include(profile_urls([latest_of]))),
    path("", include("newscentre.urls")),
    path("library/", include(library_urls(profiles_seen))),
    path("", include("search.urls")),
)

handler404 = "imap.views.not_found"
handler500 = "imap.views.server_error"
