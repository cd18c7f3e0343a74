"""The rule for names: who may be told that a subject, a publisher, a partner, a theme, a group or a tag is there.

A name has no readers of its own. It is *sayable* to a viewer when it is reference data, which the portal's
administrators alone declare; when the viewer is of the secretariat that made it; or when a row that the viewer sees
*names* it. A row that only *mentions* it, such as a tag that the importer set, never makes it sayable.

A model says in `names` which of its foreign keys (or paths over them) name, and in `mentions` which do not; one that
says neither fails Django's checks. `names_by_key` is for arrays of keys. The rule is stated twice, as every rule of
access: here from these declarations, over the rows' `visible_to`, and in a view of each table (`imap/sql`) that
reads under the lock of whoever asks. Both are asked together and once for a whole query, never for each row.

Names that have an audience, or belong to a row that has one (sources, dialogues, headings), follow that audience.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from django.apps import apps
from django.core import checks
from django.db import models
from django.db.models import Case, Exists, F, Func, OuterRef, Prefetch, Q, Value, When
from django.utils.translation import gettext_lazy as _

from access import tokens
from access.viewer import Viewer

CANNOT_BE_USED = _("This address cannot be used.")


class NamedQuerySet(models.QuerySet):
    def sayable_to(self, viewer: Viewer):
        """The names that this viewer may be told, under both locks."""
        return self.sayable().filter(said_to(self.model, viewer))

    def told_to(self, viewer: Viewer, page_readers: Iterable[str] = (tokens.PUBLIC,)):
        """The same, each with `is_narrower`: whether anybody who reads the page may not be told of it.

        To the public nothing is told that others are not.
        """
        told_to_all = Q(*(said_to(self.model, Viewer.of([token])) for token in page_readers))
        is_narrower = Value(False) if viewer.is_public else Case(When(told_to_all, Value(False)), default=Value(True))
        return self.sayable_to(viewer).annotate(is_narrower=is_narrower)

    def sayable(self):
        """The names that the viewer whom the database knows may be told, for sentences of a page."""
        keys = f"{view_of(self.model)}_keys"
        under_the_lock: Any = Func(template="(SELECT %(keys)s())", keys=keys, output_field=models.Field())
        return self.filter(pk__in=under_the_lock)


def with_sayable(rows: Any, viewer: Viewer, *mentions: str) -> Any:
    """Rows whose foreign keys of these names (mere mentions) lead to None where the viewer may not be told the name."""
    named = {key: rows.model._meta.get_field(key).related_model.objects.sayable_to(viewer) for key in mentions}
    return rows.prefetch_related(*(Prefetch(key, names) for key, names in named.items()))


class Sayable:
    """Mixin of a model whose rows are names. `own_rule`: what makes one sayable without any row that names it.

    Its manager is that of a `NamedQuerySet`.
    """

    @classmethod
    def own_rule(cls, viewer: Viewer) -> Q:
        raise NotImplementedError


class Name(Sayable, models.Model):
    """Base of models of names: reference data, or of the dialogue `made_by`, whose secretariat may be told them."""

    regardless_of: Mapping[str, str] = {"made_by": "A name has no readers: this rule says who is told of it."}

    is_reference = models.BooleanField(
        _("reference data"), default=False, help_text=_("Named to everyone. The portal’s administrators alone decide.")
    )
    made_by = models.ForeignKey(
        "atlas.Dialogue",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("made by the Secretariat of"),
        help_text=_("It may say it before anything that readers see names it."),
    )

    objects = NamedQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def own_rule(cls, viewer: Viewer) -> Q:
        return Q(is_reference=True) | Q(made_by__in=viewer.secretariats)


class Naming(NamedTuple):
    """Rows of a model name what these paths lead to. `is_array`: the one path leads to an array of keys."""

    model: Any
    paths: tuple[str, ...]
    is_array: bool = False

    def says(self, viewer: Viewer) -> Q:
        """That a row which the viewer sees names it.

        By one path: whether there is one, as an index finds it. By several: of all of them at once, since the planner
        takes its time for rows that belong to others.
        """
        rows = self.model._default_manager.all()
        seen = rows.visible_to(viewer) if hasattr(rows, "visible_to") else rows
        if self.is_array:
            key = Func(OuterRef("pk"), template="ARRAY[%(expressions)s]")
            key.output_field = self.model._meta.get_field(self.paths[0])
            return Q(Exists(seen.filter(**{f"{self.paths[0]}__contains": key})))
        if len(self.paths) == 1:
            return Q(Exists(seen.filter(**{self.paths[0]: OuterRef("pk")})))
        named = Func(*map(F, self.paths), template="unnest(ARRAY[%(expressions)s])")
        named.output_field = models.BigIntegerField()
        return Q(pk__in=seen.order_by().annotate(named=named).values("named"))


def said_to(name: Any, viewer: Viewer) -> Q:
    """The condition under which a viewer may be told a name of this model, by the declarations and `visible_to`."""
    condition = name.own_rule(viewer)
    for naming in namings_of(name):
        condition |= naming.says(viewer)
    return condition


@cache
def namings_of(name: Any) -> tuple[Naming, ...]:
    """The namings that make names of this model known, in the order of the models."""
    return tuple(_namings(name))


def _namings(name: Any) -> Iterator[Naming]:
    for model in apps.get_models():
        if paths := tuple(path for path in declared(model, "names") if _end_of(model, path) is name):
            yield Naming(model, paths)
        for path, label in getattr(model, "names_by_key", {}).items():
            if apps.get_model(label) is name:
                yield Naming(model, (path,), is_array=True)


def declared(model: type[models.Model], what: str) -> Sequence[str]:
    """`names` or `mentions` of a model; a column with that name declares nothing."""
    held = model.__dict__.get(what, getattr(model, what, ()))
    return held if isinstance(held, tuple) else ()


def _end_of(model: type[models.Model], path: str) -> type[models.Model] | None:
    reached: Any = model
    for step in path.split("__"):
        reached = reached._meta.get_field(step).related_model
    return reached


def view_of(name: type[models.Model]) -> str:
    return f"{name._meta.db_table}_sayable"


def check_declarations(app_configs=None, **options) -> list[checks.CheckMessage]:
    """System check: every foreign key to a name is declared in `names` or `mentions`, and what names has readers."""
    return [fault for model in apps.get_models() for fault in faults_of(model)]


def faults_of(model: type[models.Model]) -> Iterator[checks.CheckMessage]:
    names, mentions = declared(model, "names"), declared(model, "mentions")
    for field in (*model._meta.fields, *model._meta.many_to_many):
        leads_to = field.related_model
        if isinstance(leads_to, type) and issubclass(leads_to, Sayable) and field.name not in (*names, *mentions):
            yield checks.Error(
                f"{model._meta.label}.{field.name} leads to a name and declares neither `names` nor `mentions`.",
                hint="See access/names.py.",
                obj=model,
                id="access.E001",
            )
    for path in set(names) & set(mentions):
        yield checks.Error(
            f"{model._meta.label}.{path} declares both `names` and `mentions`.", obj=model, id="access.E002"
        )
