"""Numbers in addresses, which tell nothing of how many rows there are that their reader may not see."""

from collections.abc import Iterable

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _


class RandomNumber(models.Func):
    """SQL: ten to sixteen digits that nobody can guess; shorter ones are of rows that are older than this rule.

    Scripts of browsers and of maps know such numbers exactly: they are below 2 ** 53.
    """

    template = "(1000000000 + ('x' || left(md5(gen_random_uuid()::text), 13))::bit(52)::bigint)"
    output_field = models.BigIntegerField()


class RandomKeyField(models.BigAutoField):
    """Primary key of rows whose own number readers are told, in files, in the API or in an address."""

    def db_type_suffix(self, connection: BaseDatabaseWrapper) -> str:
        return f"DEFAULT {RandomNumber.template}"


class AddressNumberMixin(models.Model):
    """`address_number`: of a row that stands at an address of its own."""

    address_number = models.BigIntegerField(
        _("number in its address"), unique=True, editable=False, db_default=RandomNumber()
    )

    class Meta:
        abstract = True


HALF = 1 << 29  # what is disguised has less than eighteen digits
ROUNDS = range(4)


def obfuscate(number: int) -> int:
    """A number that the database counts, for an address that is followed soon: another one for each, and back again.

    A Feistel network of the portal's key, in which neither the number nor how many there are can be read.
    """
    return _turned(number, ROUNDS)


def deobfuscate(number: int) -> int:
    left, right = divmod(number % (HALF * HALF), HALF)
    return _turned(right * HALF + left, reversed(ROUNDS), is_back=True)


def _turned(number: int, rounds: Iterable[int], *, is_back: bool = False) -> int:
    left, right = divmod(number, HALF)
    for turn in rounds:
        mixed = int.from_bytes(salted_hmac("access.numbers", f"{turn} {right}", algorithm="sha256").digest()[:4])
        left, right = right, left ^ (mixed % HALF)
    return right * HALF + left if is_back else left * HALF + right
