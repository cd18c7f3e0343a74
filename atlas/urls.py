from django.urls import path

from atlas import views

urlpatterns = [
    path("maps/<slug:dialogue>/about/", views.about, name="about"),
    path("maps/<slug:dialogue>/by-year/", views.by_year, name="by_year"),
    path("maps/<slug:dialogue>/partners/", views.partners, name="partners"),
    path("maps/<slug:dialogue>/supporters/", views.supporters, name="supporters"),
    path("maps/<slug:dialogue>/contact/", views.contact, name="contact"),
]
