from django.urls import path, register_converter

from newscentre.calendar import views


class MonthConverter:
    """2012-05; from year 1 on, since before it there is no calendar."""

    regex = "(?!0000)[0-9]{4}-(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: object) -> str:
        return str(value)


register_converter(MonthConverter, "month")

urlpatterns = [
    path("", views.calendar, name="calendar"),
    path("meetings.ics", views.calendar_file, name="calendar_file"),
    path("subscriptions/<str:key>.ics", views.subscription, name="calendar_subscription"),
    path("<month:month>/", views.month, name="calendar_month"),
    path("<article_number:number>/", views.meeting, name="meeting"),
    path("<article_number:number>/meeting.ics", views.meeting_file, name="meeting_file"),
    path("documents/<article_number:number>/", views.document, name="meeting_document"),
]
