"""Random numbers for keys and addresses, so that no number tells how many rows a reader cannot see."""

from collections.abc import Iterable

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _


class RandomNumber(models.Func):
    """SQL: a number of `bits` random bits from a thousand million on, as nobody can guess it.

    Browsers and programs of maps read such numbers exactly: with up to 52 bits they are below 2 ** 53.
    """

    template = "(1000000000 + ('x' || left(md5(gen_random_uuid()::text), 13))::bit(52)::bigint)"
    output_field = models.BigIntegerField()


class RandomKeyField(models.BigAutoField):
    """Primary key of rows whose own number readers are told, in files, in the API or in an address.

    It has 40 random bits: of ten thousand rows two are alike once in twenty thousand times. More would weigh in the
    first view of a map, which names each stop and segment.
    """

    default_sql = "(1000000000 + ('x' || left(md5(gen_random_uuid()::text), 10))::bit(40)::bigint)"

    def db_type_suffix(self, connection: BaseDatabaseWrapper) -> str:
        return f"DEFAULT {self.default_sql}"


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
