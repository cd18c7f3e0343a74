"""Random numbers for keys and addresses, so that no number tells how many rows a reader cannot see."""

from collections.abc import Iterable, Iterator

from django.apps import apps
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _


def random_number_sql(hex_digits: int) -> str:
    """SQL for a random number from a thousand million on, of four bits per digit.

    With at most 13 digits it is below 2 ** 53, which browsers and programs of maps read exactly.
    """
    bits = 4 * hex_digits
    return f"(1000000000 + ('x' || left(md5(gen_random_uuid()::text), {hex_digits}))::bit({bits})::bigint)"


class RandomKeyField(models.BigAutoField):
    """Primary key of rows whose own number readers are told, in files, in the API or in an address.

    It has 40 random bits: of ten thousand rows two are alike once in twenty thousand times. More would weigh in the
    first view of a map, which names each stop and segment.
    """

    default_sql = random_number_sql(hex_digits=10)


def random_keys_sql() -> Iterator[str]:
    """SQL that makes the database draw the keys of all such tables; it may run again."""
    for model in apps.get_models():
        if isinstance(model._meta.pk, RandomKeyField):
            key, default = model._meta.pk.column, model._meta.pk.default_sql
            table = model._meta.db_table
            yield f"ALTER TABLE {table} ALTER {key} DROP IDENTITY IF EXISTS, ALTER {key} SET DEFAULT {default}"


class AddressNumberMixin(models.Model):
    """`address_number`: of a row that stands at an address of its own."""

    address_number = models.BigIntegerField(
        _("number in its address"),
        unique=True,
        editable=False,
        db_default=models.Func(template=random_number_sql(hex_digits=13), output_field=models.BigIntegerField()),
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
