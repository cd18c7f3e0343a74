"""The rule, over many rows: own audience overlaps the viewer's and every row it belongs to is visible.

A key to such a row that decides nothing about this one stands in `regardless_of`, with the reason.
While a secretariat views as someone else, each audience overlaps `within` too (see `access.viewer`).

A model says in `belongs_to` which foreign keys lead to the rows it belongs to, and has an `audience` of its own,
or none; and in `further_audiences` which columns must be overlapped too. An audience that may be null inherits. Rows of a model with `desk` (a path to the dialogue) are seen by that
dialogue's secretariat only. `access.row_level_security` states the same rule to PostgreSQL.
"""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models import Q

from access import tokens
from access.viewer import Viewer, narrowest
from access.viewing import remembered


class RestrictedQuerySet(models.QuerySet):
    def visible_to(self, viewer: Viewer):
        """The rows that this viewer may see. Readers' code gets rows in no other way."""
        return self.filter(rule(self.model, viewer))


class RestrictedModel(models.Model):
    """Base of models whose rows have an audience, or belong to a row that has one."""

    belongs_to: tuple[str, ...] = ()
    regardless_of: Mapping[str, str] = {}
    further_audiences: tuple[str, ...] = ()
    desk: str | None = None
    are_few = False  # then a query asks once which of them are seen, rather than join them to each row

    objects = RestrictedQuerySet.as_manager()

    class Meta:
        abstract = True


class SaysItsReaders:
    """Mixin of restricted models for which pages say who reads a row."""

    @property
    def readers(self) -> list[str]:
        """Tokens of those who read the row: held in its own audience and in that of every row it belongs to."""
        return readers_of(self)

    @property
    def is_open(self) -> bool:
        return tokens.PUBLIC in self.readers


def readers_of(row: Any) -> list[str]:
    """Who reads one row, by the same rule as `rule`. Fetch the rows it belongs to with it, unless they are few."""
    audiences = [getattr(row, audience.name) for audience in _audiences_of(type(row))]
    for name in row.belongs_to:
        parent = row._meta.get_field(name)
        key = getattr(row, parent.attname)
        if key is None:
            continue
        is_asked_for = getattr(parent.related_model, "are_few", False) and not parent.is_cached(row)
        few = _readers_of_few(parent.related_model) if is_asked_for else {}
        audiences.append(few.get(key, []) if is_asked_for else readers_of(getattr(row, name)))
    return narrowest([tokens.PUBLIC], *audiences)


def _readers_of_few(model: Any) -> Mapping[Any, list[str]]:
    """Audiences by key, queried once while the database knows the same viewer."""
    kept = remembered()
    if model not in kept:
        kept[model] = {row.pk: readers_of(row) for row in model._base_manager.only("audience")}
    return kept[model]


def sees(alias: str, column: str = "audience") -> str:
    """The same overlap as SQL, for a hand-written query with the parameters `tokens_of(viewer)`: the table's alias.

    A column that may be null inherits. The query joins the rows that the row belongs to, each with its own `sees`.
    """
    within = f"(%(within)s::text[] IS NULL OR {alias}.{column} && %(within)s::text[])"
    return f"coalesce({alias}.{column} && %(tokens)s::text[] AND {within}, true)"


def is_open(alias: str) -> str:
    """SQL condition that everyone may see the row; a null audience inherits, and does not speak against it."""
    return f"coalesce('{tokens.PUBLIC}' = ANY ({alias}.audience), true)"


def sees_dialogue(alias: str) -> str:
    """SQL condition that the viewer may see the dialogue that the row belongs to."""
    return f"{alias}.dialogue_id IN (SELECT d.slug FROM atlas_dialogue d WHERE {sees('d')})"


def tokens_of(viewer: Viewer) -> dict[str, list[str] | None]:
    """The parameters that the SQL of `sees` names."""
    return {"tokens": sorted(viewer.tokens), "within": None if viewer.within is None else sorted(viewer.within)}


def rule(model: type[models.Model], viewer: Viewer, path: str = "") -> Q:
    """The condition on `model`, reached over `path` (such as `edition__`), under which the viewer sees the row."""
    condition = Q()
    for audience in _audiences_of(model):
        overlaps = Q()
        for held in tokens_of(viewer).values():
            if held is not None:
                overlaps &= Q(**{f"{path}{audience.name}__overlap": held})
        condition &= overlaps | Q(**{f"{path}{audience.name}__isnull": True}) if audience.null else overlaps
    if desk := getattr(model, "desk", None):
        condition &= Q(**{f"{path}{desk}__in": viewer.secretariats})
    for name in getattr(model, "belongs_to", ()):
        parent = model._meta.get_field(name)
        assert parent.is_relation and isinstance(parent.related_model, type)
        whole: Any = parent.related_model
        if getattr(whole, "are_few", False):
            reached = Q(**{f"{path}{name}__in": whole.objects.visible_to(viewer).order_by().values("pk")})
        else:
            reached = rule(whole, viewer, f"{path}{name}__")
        condition &= (reached | Q(**{f"{path}{name}__isnull": True})) if parent.null else reached
    return condition


def _audiences_of(model: type[models.Model]) -> list[models.Field]:
    names = {"audience", *getattr(model, "further_audiences", ())}
    return [field for field in model._meta.fields if field.name in names]
