"""The library: publications of the facts with their files, the profiles they go with, and projects."""

import csv

import pytest
from django.conf import settings
from django.core.files.base import ContentFile

from access.viewer import ANYONE, Viewer
from access.viewing import viewing
from accounts.models import Action, LogEntry
from atlas.models import Subject
from newscentre.models import Link, Project, Publication, PublicationFile, PublicationSection
from profiles.models import Profile
from search.kinds import kind_named
from search.query import search
from tests.access.planting_calendar import a_pdf
from tests.conftest import STRANGER, browser_of
from tests.readers import body_of

pytestmark = pytest.mark.django_db
DESK = Viewer.secretariat_of("mtm")
THEME = ["dialogue:mtm:irregular-mixed-migration"]


def page(path: str, login: str = STRANGER) -> str:
    answer = browser_of(login).get(path)
    assert answer.status_code == 200, path
    return body_of(answer).decode()


@pytest.fixture
def publication() -> Publication:
    return Publication.objects.get(slug="leveraging-remittances")


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_every_publication_of_the_facts_is_in_the_library(language):
    with (settings.DATA_DIR / "facts" / "mtm_publications.csv").open(encoding="utf-8", newline="") as file:
        titles = [row["title"].replace("'", "") for row in csv.DictReader(file)]
    html = page(f"/{language}/library/")
    assert "From ‘More Development for Less Migration’ to ‘Better" in html
    html = html.replace("‘", "").replace("’", "")
    assert len(titles) == 17
    assert [title for title in titles if title not in html] == []


@pytest.mark.parametrize("slug", ["project-liban", "stredeca", "maremca", "eamri", "cavena", "amedip"])
@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_each_project_says_when_with_whom_and_what_came_of_it(slug, language):
    project = Project.objects.get(slug=slug)
    html = page(f"/{language}/library/projects/{project.address_number}/")
    assert getattr(project, f"name_{language}") in html.replace("&#x27;", "'")
    assert getattr(project, f"outcome_{language}")
    assert project.starts[:4] in html
    assert "MTM working paper" in html
    assert project.made_with.exists()


def test_the_library_is_filtered_without_a_script():
    html = page("/en/library/?theme=migration-development")
    assert "Leveraging Remittances" in html
    assert "MTM Map on Migration Routes" not in html
    for nothing in ("?dialogue=nowhere", "?subject=atlantis", "?theme=" + "x" * 500, "?section=%27&subject=%27"):
        assert "There is no publication here." in page(f"/en/library/{nothing}")


def test_a_publication_and_the_section_that_it_goes_with_lead_to_each_other(publication):
    section = "/en/maps/mtm/migration-development/morocco/remittances/"
    assert f'href="{section}"' in page(f"/en/library/{publication.address_number}/")
    profile = page(section)
    way = profile[profile.index("/en/library/?dialogue=mtm") :].split('"')[0].replace("&amp;", "&")
    assert "Leveraging Remittances" in page(way)
    assert "Inventory of Institutional Capacities" not in page(way)


def test_a_publication_does_not_name_a_profile_that_its_reader_may_not_open(publication):
    with viewing(DESK):
        niger = Subject.objects.get(slug="niger", kind="country")
        PublicationSection.objects.create(publication=publication, theme_id="irregular-mixed-migration", subject=niger)
        Profile.objects.filter(subject=niger, theme="irregular-mixed-migration", dialogue="mtm").update(audience=THEME)
    assert "Niger" not in page(f"/en/library/{publication.address_number}/")
    assert "/irregular-mixed-migration/niger/" in page(f"/en/library/{publication.address_number}/", "official.mar")


def test_files_are_handed_out_by_language_to_those_who_may_read_them(publication, reader):
    with viewing(DESK):
        row = PublicationFile(publication=publication, title="Mobiliser", language="fr", audience=THEME)
        row.file = ContentFile(a_pdf("x"), name="x.exe")
        row.save()
    address = f"/en/library/files/{row.address_number}/"
    assert reader(STRANGER).get(address).status_code == 404
    assert "Mobiliser" not in page(f"/en/library/{publication.address_number}/")
    answer = reader("official.mar").get(address)
    assert body_of(answer) == a_pdf("x")
    assert answer["Content-Disposition"] == 'attachment; filename="leveraging-remittances-fr.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    with viewing(DESK):
        assert LogEntry.objects.get(action=Action.EXPORTED).object == f"library/files/{row.address_number}"
        Publication.objects.filter(pk=publication.pk).update(audience=[])
    assert reader("official.mar").get(address).status_code == 404


def test_publications_projects_and_links_are_found_by_their_words():
    for kind, words in (
        ("publication", "remittances"), ("publication", "التحويلات"), ("publication", "transferts"),
        ("project", "STREDECA"), ("project", "Sûreté générale"), ("project", "اللجوء"),
        ("link", "UNTERM"), ("link", "terminologique"), ("link", "مصطلحات"),
    ):  # fmt: skip
        with viewing(ANYONE):
            assert search(ANYONE, words, kind_named(kind)).number, (kind, words)


@pytest.mark.parametrize("model", [Publication, Project, Link])
def test_what_is_narrowed_is_not_found_any_more(model):
    kind = model._meta.model_name
    words = {"publication": "Leveraging", "project": "STREDECA", "link": "UNTERM"}[kind]
    with viewing(DESK):
        model.objects.update(audience=THEME)
    with viewing(ANYONE):
        assert not search(ANYONE, words, kind_named(kind)).number
    with viewing(Viewer.of(THEME)):
        assert search(Viewer.of(THEME), words, kind_named(kind)).number
