"""Why a feed gave nothing, in words for the desk."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from newscentre.stages.fetch import Reason


class FailureReason(models.TextChoices):
    """`Reason` as the desk reads it."""

    REFUSED_ADDRESS = Reason.REFUSED_ADDRESS.value, _("The address is not one of the public internet.")
    REFUSED_REDIRECT = Reason.REFUSED_REDIRECT.value, _("It leads on and on, or out of a secure connection.")
    UNKNOWN_HOST = Reason.UNKNOWN_HOST.value, _("The name of its host is unknown.")
    NO_CONNECTION = Reason.NO_CONNECTION.value, _("Its host takes no connection, or breaks it off.")
    NO_TRUST = Reason.NO_TRUST.value, _("Its host does not prove who it is.")
    TOO_SLOW = Reason.TOO_SLOW.value, _("Its host did not answer in time.")
    TOO_LARGE = Reason.TOO_LARGE.value, _("It is too large.")
    UNREADABLE = Reason.UNREADABLE.value, _("It is packed in a way that cannot be read.")
    GONE = Reason.GONE.value, _("Its publisher says that it is gone for good.")
    NOT_FOUND = Reason.NOT_FOUND.value, _("There is nothing at its address.")
    NOT_ALLOWED = Reason.NOT_ALLOWED.value, _("Its publisher does not let the portal read it.")
    BUSY = Reason.BUSY.value, _("Its publisher asks for more time between two visits.")
    OUT_OF_ORDER = Reason.OUT_OF_ORDER.value, _("Its host is out of order.")
    STRANGE_ANSWER = Reason.STRANGE_ANSWER.value, _("Its host gives an answer that makes no sense.")
    NOT_A_FEED = Reason.NOT_A_FEED.value, _("What is at its address is no feed.")
    TOO_HARD = Reason.TOO_HARD.value, _("Reading it takes too much memory or time.")
    TOOK_TOO_LONG = Reason.TOOK_TOO_LONG.value, _("Fetching and storing it took too long and was ended.")
    BROKE_OFF = Reason.BROKE_OFF.value, _("The worker that fetched it ended without a result.")
    WENT_WRONG = Reason.WENT_WRONG.value, _("Something went wrong on the portal’s side; the log says what.")
