"""The request as readers' views get it: with who is looking."""

from django.http import HttpRequest

from access.viewer import Viewer
from accounts.models import User


class ReaderRequest(HttpRequest):
    """`accounts.middleware.Reader` sets `viewer`; `user` is a `User` or Django's anonymous one.

    `is_machine`: asked below /api/, where a cookie signs nobody in.
    """

    viewer: Viewer
    user: User
    is_machine: bool = False
