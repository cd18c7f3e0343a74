"""The type of a request that `visible_to` needs."""

from django.http import HttpRequest

from access.viewer import Viewer


class ViewersRequest(HttpRequest):
    """A request with `viewer`, which `accounts.middleware.ViewerMiddleware` sets."""

    viewer: Viewer
