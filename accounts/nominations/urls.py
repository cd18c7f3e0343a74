from django.urls import path

from accounts.nominations import views

urlpatterns = [
    path("", views.nomination_list, name="nominations"),
    path("new/", views.nominate, name="nominate"),
    path("people/", views.people, name="mandates"),
    path("people/<int:pk>/confirm/", views.confirm, name="mandate_confirm"),
    path("people/<int:pk>/end/", views.end, name="mandate_end"),
    path("<int:pk>/", views.nomination, name="nomination"),
    path("<int:pk>/withdraw/", views.withdraw, name="nomination_withdraw"),
    path("<int:pk>/again/", views.send_again, name="nomination_again"),
    path("<int:pk>/address/", views.correct_address, name="nomination_address"),
    path("<int:pk>/letter/", views.letter, name="nomination_letter"),
]
