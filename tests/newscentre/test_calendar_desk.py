"""The desk's side of calendar, library and links: what an editor saves is what readers then see, and no more of them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from access.viewer import Viewer
from access.viewing import viewing
from newscentre.models import Link, Meeting, MeetingDocument, ParticipantList, Project, Publication
from tests.access.planting_calendar import a_pdf

pytestmark = pytest.mark.django_db
DESK = Viewer.secretariat_of("mtm")
ADMIN = "/secretariat/newscentre"
IRREGULAR = "irregular-mixed-migration"
MEETING = {
    "dialogue": "mtm", "slug": "new", "name_en": "New meeting", "name_fr": "", "name_ar": "", "series_en": "", "series_fr": "",
    "series_ar": "", "state": "tentative", "starts": "2030-05-01", "ends": "2030-05-02", "time_zone": "", "city_en": "Tunis",
    "supporters": ["france"], "delegations": ["malta", "unhcr"], "preset": "theme", "theme": IRREGULAR,
}  # fmt: skip


def saved(client, path: str, values: dict) -> None:
    answer = client.post(f"{ADMIN}/{path}", values)
    errors = answer.context and answer.context.get("errors")
    assert answer.status_code == 302, errors


def of(model, **conditions):
    with viewing(DESK):
        return model.objects.get(**conditions)


def test_an_editor_makes_a_meeting_with_a_document_and_names(reader):
    desk = reader("editor")
    saved(desk, "meeting/add/", MEETING)
    meeting = of(Meeting, slug="new")
    assert set(meeting.audience) == {f"dialogue:mtm:{IRREGULAR}", "secretariat:mtm"}
    with viewing(DESK):
        assert meeting.delegations.count() == 2
    file = SimpleUploadedFile("agenda.pdf", a_pdf("agenda"))
    saved(
        desk, "meetingdocument/add/",
        {"meeting": meeting.pk, "kind": "agenda", "title": "Agenda", "language": "en", "file": file, "preset": ""},
    )  # fmt: skip
    saved(desk, "participantlist/add/", {"meeting": meeting.pk, "names": "A. Person, Ministry", "preset": "theme"})
    page = reader("official.mar").get(f"/en/calendar/{meeting.address_number}/").content.decode()
    for words in ("New meeting", "1–2 May 2030", "Agenda", "A. Person", "This meeting is not confirmed yet."):
        assert words in page
    assert reader("stranger").get(f"/en/calendar/{meeting.address_number}/").status_code == 404
    document = of(MeetingDocument)
    for path in (f"meeting/{meeting.pk}/change/", f"meetingdocument/{document.pk}/change/"):
        form = desk.get(f"{ADMIN}/{path}").content.decode()
        assert "A. Person" not in form
        assert document.file.name not in form


def test_a_meeting_without_a_theme_is_by_the_themes_preset_for_all_themes_of_the_dialogue(reader):
    desk = reader("editor")
    saved(desk, "meeting/add/", MEETING | {"theme": "", "preset": "secretariat"})
    meeting = of(Meeting, slug="new")
    saved(desk, f"meeting/{meeting.pk}/change/", MEETING | {"theme": "", "preset": "partners", "partners": ["morocco"]})
    assert "to confirm it" in desk.get(f"{ADMIN}/meeting/").content.decode()
    with viewing(DESK):
        Meeting.objects.filter(pk=meeting.pk).update(audience=["public"])
    saved(desk, f"meeting/{meeting.pk}/change/", MEETING | {"theme": "", "preset": "theme"})
    themes = {f"dialogue:mtm:{IRREGULAR}", "dialogue:mtm:migration-development"}
    assert set(of(Meeting, slug="new").audience) == themes | {"secretariat:mtm"}
    page = reader("official.mar.dev").get(f"/en/calendar/{meeting.address_number}/").content.decode()
    assert "whatever their theme" in page


@pytest.mark.parametrize("preset", ["public", "nominated", "partners", ""])
def test_names_are_offered_to_nobody_outside_the_dialogue_whatever_is_posted(reader, preset):
    desk = reader("editor")
    saved(desk, "meeting/add/", MEETING)
    values = {"meeting": of(Meeting, slug="new").pk, "names": "A. Person", "preset": preset, "partners": ["morocco"]}
    desk.post(f"{ADMIN}/participantlist/add/", values)
    with viewing(DESK):
        for row in ParticipantList.objects.filter(meeting__slug="new"):
            assert set(row.audience) <= {f"dialogue:mtm:{IRREGULAR}", "secretariat:mtm"}


def test_a_file_that_is_no_document_is_refused_with_a_reason(reader):
    desk = reader("editor")
    saved(desk, "meeting/add/", MEETING)
    file = SimpleUploadedFile("agenda.pdf", b"<script>alert(1)</script>", content_type="application/pdf")
    values = {
        "meeting": of(Meeting, slug="new").pk,
        "kind": "agenda",
        "title": "Agenda",
        "language": "en",
        "file": file,
    }
    answer = desk.post(f"{ADMIN}/meetingdocument/add/", values | {"preset": ""})
    assert "without macros" in answer.content.decode()
    with viewing(DESK):
        assert not MeetingDocument.objects.exists()


def test_a_desk_adds_nothing_to_a_meeting_of_another_dialogue(reader):
    with viewing(Viewer.secretariat_of("rabat-process")):
        other = Meeting.objects.create(
            dialogue_id="rabat-process", slug="other", name_en="Other", starts="2030", audience=["public"]
        )
    answer = reader("editor").post(
        f"{ADMIN}/participantlist/add/", {"meeting": other.pk, "names": "x", "preset": "secretariat"}
    )
    assert answer.status_code == 200
    assert answer.context["errors"]


def test_an_editor_makes_a_publication_a_project_and_a_link(reader):
    desk = reader("editor")
    shared = {"dialogue": "mtm", "theme": "migration-development", "slug": "new", "preset": "public"}
    inline = {f"sections-{name}": 0 for name in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")}
    saved(
        desk, "publication/add/",
        shared | inline | {"title": "New book", "title_language": "en", "year": 2030, "made_with": ["unhcr"]},
    )  # fmt: skip
    saved(desk, "project/add/", shared | {"name_en": "New project", "starts": "2030", "made_with": ["unhcr"]})
    saved(
        desk, "link/add/",
        {"dialogue": "mtm", "slug": "new", "preset": "public", "category": "forum", "name_en": "New link",
         "address": "https://new.example/", "languages": "en,fr"},
    )  # fmt: skip
    stranger = reader("stranger")
    library = stranger.get("/en/library/").content.decode()
    assert "New book" in library
    assert "New project" in library
    assert "https://new.example/" in stranger.get("/en/links/").content.decode()
    for row, name in (
        (of(Publication, slug="new"), "publication"),
        (of(Project, slug="new"), "project"),
        (of(Link, slug="new"), "link"),
    ):
        assert desk.get(f"{ADMIN}/{name}/{row.pk}/change/").status_code == 200


def test_a_link_that_would_run_is_refused(reader):
    values = {"dialogue": "mtm", "slug": "new", "preset": "public", "category": "forum", "name_en": "x"}
    answer = reader("editor").post(f"{ADMIN}/link/add/", values | {"address": "javascript:alert(1)"})
    assert "http" in str(answer.context["errors"])
