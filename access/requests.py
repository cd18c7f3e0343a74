"""The request as whoever asks `visible_to` needs it."""

from django.http import HttpRequest

from access.viewer import Viewer


class ViewersRequest(HttpRequest):
    """`accounts.middleware.ViewerMiddleware` sets `viewer`: who is looking."""

    viewer: Viewer
