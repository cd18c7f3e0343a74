"""Random numbers for keys and addresses, so that no number tells how many rows a reader cannot see."""

from collections.abc import Iterable

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _


def random_number_sql(hex_digits: int) -> str:
    """SQL for a random number from a thousand million on, of four bits per digit.

    With at most 13 digits it is below 2 ** 53, which browsers and programs of maps read exactly.
    """
    bits = 4 * hex_digits
    return f"(1000000000 + ('x' || left(md5(gen_random_uuid()::text), {hex_digits}))::bit({bits})::bigint)"


class RandomNumber(models.Func):
    """A random number that the database draws, of 52 bits."""

    template = random_number_sql(hex_digits=13)
    output_field = models.BigIntegerField()


class RandomKeyField(models.BigAutoField):
    """Primary key of rows whose own number readers are told, in files, in the API or in an address.

    It has 40 random bits: of ten thousand rows two are alike once in twenty thousand times. More would weigh in the
    first view of a map, which names each stop and segment.
    """

    default_sql = random_number_sql(hex_digits=10)

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
