"""The admin's classes serve everyone at once: what a request finds out is kept with the request."""

import re

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse

from access.viewer import Viewer
from access.viewing import viewing
from newscentre.models import Article, Category
from tests.access.planting import OTHER_DESK, plant_other_desk
from tests.conftest import browser_of, user_of
from tests.newscentre.feeds_of_tests import article, feed

pytestmark = pytest.mark.django_db

DESK = Viewer.secretariat_of("mtm", "rabat-process")


@pytest.fixture(autouse=True)
def other_desk(db):
    return plant_other_desk()


def shared() -> dict[str, dict[str, object]]:
    """What all requests share: attributes of each admin, of its class and its forms, and of the fields that these declare."""
    held: dict[str, dict[str, object]] = {}

    def keep(name: str, one: object) -> None:
        held[name] = dict(vars(one))

    for model, model_admin in admin.site._registry.items():
        name = model._meta.label
        keep(name, model_admin)
        for part in type(model_admin).__mro__[:-1]:
            keep(f"{name} {part.__module__}.{part.__qualname__}", part)
        forms = [model_admin.form, model_admin.action_form, *(inline.form for inline in model_admin.inlines)]
        forms += [form for form in subclasses(model_admin.form) if form.__module__ == model_admin.form.__module__]
        for form in forms:
            keep(f"{name} {form.__qualname__}", form)
            for field_name, field in {**form.base_fields, **getattr(form, "declared_fields", {})}.items():
                keep(f"{name} {form.__qualname__}.{field_name}", field)
                keep(f"{name} {form.__qualname__}.{field_name} widget", field.widget)
                held[f"{name} {form.__qualname__}.{field_name} attrs"] = dict(field.widget.attrs)
    return held


def subclasses(form: type) -> list[type]:
    return [one for below in form.__subclasses__() for one in (below, *subclasses(below))]


def changed(before: dict[str, dict[str, object]], after: dict[str, dict[str, object]]) -> list[str]:
    """Where another value stands than stood before, or one that is new."""
    return [
        f"{where}: {name}"
        for where, values in after.items()
        for name, value in values.items()
        if where in before and (name not in before[where] or before[where][name] is not value)
        and not (isinstance(value, str | int | bool | None) and before[where].get(name) == value)
    ]  # fmt: skip


def test_serving_a_request_changes_nothing_that_other_requests_share():
    with viewing(DESK):
        article(feed())
    pages = []
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        row = model._base_manager.order_by("pk").values_list("pk", flat=True)
        with viewing(DESK):
            first = row.first()
        pages += [reverse(f"{name}_changelist"), reverse(f"{name}_add")]
        pages += [reverse(f"{name}_change", args=[first])] if first is not None else []
    browsers = [browser_of(login) for login in ("secretariat", "editor", OTHER_DESK)]
    served = [browsers[0].get(page).status_code for page in pages]  # what is found out once and for all is no request's
    before = shared()
    served += [browser.get(page).status_code for browser in browsers for page in pages]
    assert served.count(200) > 40
    assert set(served) <= {200, 302, 403, 404}
    assert not changed(before, shared())


def test_the_inbox_names_no_category_of_another_desk_whoever_looks_at_the_same_moment(monkeypatch):
    """As if another thread asked for the inbox after this one's articles were found, and before they were shown."""
    with viewing(DESK):
        Category.objects.create(slug="hidden", name_en="Hidden category", made_by_id="rabat-process")
        article(feed(), title="Seen by both", categories=["hidden"])
    inbox = admin.site._registry[Article]
    other = RequestFactory().get("/secretariat/newscentre/article/")
    other.user = user_of(OTHER_DESK)
    other.viewer = other.user.viewer
    headline = type(inbox).headline

    def meanwhile(self, row):
        with viewing(other.viewer):
            list(inbox.get_queryset(other))
        return headline(self, row)

    meanwhile.short_description = "title"
    monkeypatch.setattr(type(inbox), "headline", meanwhile)
    page = browser_of("editor").get("/secretariat/newscentre/article/").content.decode()
    assert re.search("Seen by both", page)
    assert "Hidden category" not in page
