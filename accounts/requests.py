"""The type of a request that readers' views get: it knows the viewer and the persona."""

from access.requests import ViewersRequest
from accounts.audiences.personas import Persona
from accounts.models import User


class ReaderRequest(ViewersRequest):
    """`accounts.middleware.ViewerMiddleware` sets `viewer` and `persona`; `user` is a `User` or Django's anonymous one.

    While a secretariat views as someone else, `viewer` is what the persona sees; `user` is still who does it.
    `is_machine`: asked below /api/, where a cookie signs nobody in.
    """

    persona: Persona | None
    user: User
    is_machine: bool = False
