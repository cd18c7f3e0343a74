"""The admin speaks Arabic and French: no label, help text or choice of any of its forms is the English one."""

import re
from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.forms import ModelForm
from django.test import RequestFactory
from django.utils.translation import override

from tests.conftest import user_of

# Words that French writes as English does.
SAME_IN_FRENCH = {
    "article", "articles", "description", "dialogue", "dialogues", "mission", "organisation", "permissions", "position", "provenance",
    "source", "sources", "forums", "initiatives", "publication", "publications", "section",
}  # fmt: skip
SAME_IN_EVERY_LANGUAGE = {"ID", "English", "Français", "العربية"}  # never shown; names of languages are their own
LANGUAGE_MARK = re.compile(r" \[(?:ar|en|fr)\]$")


def models() -> list[type]:
    """Every model that has an admin, and every one that is edited inside another's."""
    found = list(admin.site._registry)
    return list(
        dict.fromkeys([*found, *(inline.model for row in admin.site._registry.values() for inline in row.inlines)])
    )


def words_of_models() -> Iterator[tuple[str, str]]:
    """(where, what) in the active language: names of models, and label, help text and choices of each field."""
    for model in models():
        options = model._meta
        yield f"{options.label}", str(options.verbose_name)
        yield f"{options.label}, plural", str(options.verbose_name_plural)
        for field in options.get_fields():
            if field.auto_created and not field.concrete:
                continue
            yield f"{options.label}.{field.name}", str(field.verbose_name)
            yield f"{options.label}.{field.name}, help", str(field.help_text)
            for value, label in getattr(field, "choices", None) or ():
                yield f"{options.label}.{field.name}, choice {value}", str(label)


def words_of_forms(request) -> Iterator[tuple[str, str]]:
    """(where, what) of every form as the superuser sees it, with columns, headings of groups and inlines."""
    for model, model_admin in admin.site._registry.items():
        name = model._meta.label
        for column in model_admin.get_list_display(request):
            yield f"{name} list, {column}", str(label_for_field(column, model, model_admin))
        for title, _fields in model_admin.get_fieldsets(request):
            yield f"{name} heading", str(title or "")
        yield from words_of_form(f"{name} form", model_admin.get_form(request))
        for inline in model_admin.inlines:
            formset = inline(model, admin.site).get_formset(request)
            yield from words_of_form(f"{name} inline {inline.__name__}", formset.form)


def words_of_form(where: str, form: type[ModelForm]) -> Iterator[tuple[str, str]]:
    for name, field in form.base_fields.items():
        yield f"{where}.{name}", str(field.label or "")
        yield f"{where}.{name}, help", str(field.help_text)


def still_english(language: str, say) -> list[str]:
    with override("en"):
        english = dict(say())
    with override(language):
        said = dict(say())
    allowed = SAME_IN_EVERY_LANGUAGE | (SAME_IN_FRENCH if language == "fr" else set())
    return [
        f"{where}: {words}"
        for where, words in said.items()
        if words == english.get(where)
        and re.search(r"[A-Za-z]", words)
        and LANGUAGE_MARK.sub("", words).casefold() not in {word.casefold() for word in allowed}
    ]


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_no_label_help_text_or_choice_of_a_model_is_english(language):
    assert still_english(language, words_of_models) == []


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_no_form_list_or_heading_of_the_admin_is_english(db, language):
    request = RequestFactory().get("/secretariat/")
    request.user = user_of("secretariat")
    request.viewer = request.user.viewer
    assert still_english(language, lambda: words_of_forms(request)) == []


def test_the_allowed_words_are_few_and_still_needed():
    with override("fr"):
        used = {LANGUAGE_MARK.sub("", words).casefold() for _where, words in words_of_models()}
    assert used >= SAME_IN_FRENCH


@pytest.mark.parametrize(("language", "direction"), [("ar", "rtl"), ("en", "ltr"), ("fr", "ltr")])
def test_a_text_is_written_in_its_own_direction_whatever_the_language_of_the_admin(reader, language, direction):
    desk = reader("secretariat")
    for of_the_page in ("ar", "en"):
        desk.cookies["django_language"] = of_the_page
        page = desk.get("/secretariat/atlas/theme/migration-development/change/").content.decode()
        [field] = re.findall(rf'<input[^>]* name="name_{language}"[^>]*>', page)
        assert f'dir="{direction}"' in field
        assert f'lang="{language}"' in field


def test_the_desk_finds_profiles_first_and_each_language_by_its_own_name(reader):
    desk = reader("secretariat")
    desk.cookies["django_language"] = "ar"
    page = desk.get("/secretariat/").content.decode()
    assert page.index("app-profiles") < page.index("app-indicators") < page.index("app-auth")
    switch = page[page.index("language-switch") :]
    assert re.findall(r'<button name="language"[^>]*>([^<]+)</button>', switch) == ["العربية", "English", "Français"]
