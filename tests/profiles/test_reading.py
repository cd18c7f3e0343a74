"""The main way: who reads what, in which language."""

import pytest

DEVELOPMENT = "/{}/maps/mtm/migration-development/morocco/"
RESTRICTED = "/{}/maps/mtm/irregular-mixed-migration/morocco/"


@pytest.mark.parametrize(("language", "word"), [("ar", "المغرب"), ("en", "Morocco"), ("fr", "Maroc")])
def test_a_visitor_opens_the_open_profile_in_each_language(reader, language, word):
    page = reader("stranger").get(DEVELOPMENT.format(language))
    assert page.status_code == 200
    assert f'<html lang="{language}"' in page.content.decode()
    assert word in page.content.decode()


def test_an_official_of_morocco_reads_the_restricted_profile_in_french(reader):
    page = reader("official.mar").get(RESTRICTED.format("fr"))
    assert page.status_code == 200
    assert "Maroc" in page.content.decode()
    assert page["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("login", ["stranger", "official.ukr", "official.mar.dev", "translator.ar"])
def test_those_not_nominated_get_the_page_of_what_is_not_there(reader, login):
    hidden = reader(login).get(RESTRICTED.format("fr"))
    missing = reader(login).get(RESTRICTED.format("fr").replace("morocco", "nowhere"))
    assert hidden.status_code == missing.status_code == 404
    assert _without_address(hidden, "morocco") == _without_address(missing, "nowhere")


def _without_address(page, slug):
    import re

    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.content.decode().replace(slug, "")), sorted(
        page.headers
    )
