"""From the desk to readers: drawn, checked by agencies, published; what was published before stays as it was."""

import pytest
from django.core import mail
from django.core.exceptions import ValidationError

from access.viewer import ANYONE, Viewer
from access.viewing import viewing
from accounts.models import Affiliation, User
from routes.models import MapAnswer, MapEdition, Outcome, SegmentDrawing, StopDrawing
from routes.publishing import MapTitle, make_proof, publish_map
from routes.quality_checks import agencies_of
from tests.conftest import browser_of

pytestmark = pytest.mark.django_db
DESK = Viewer.secretariat_of("mtm")
DESK_PAGE = "/secretariat/routes/mapedition/next/mtm/"
PROOF = "/en/maps/mtm/routes/proofs/2030/1/"
LANGUAGES = ("en", "fr", "ar")
TITLED = MapTitle(
    2030, "2030-05", 2002, 2029, {f"title_{language}": f"Map of 2030 {language}" for language in LANGUAGES}
)


def no_country(line) -> list[str]:
    return []


def form(button: str, **changes) -> dict:
    titles = {f"title_{language}": f"Map of 2030 {language}" for language in LANGUAGES}
    years = {"year": 2030, "as_of": "2030-05", "first_year": 2002, "last_year": 2029}
    return {**years, **titles, "preset": "public", "theme": "irregular-mixed-migration", button: "x", **changes}


def move_agadez() -> None:
    with viewing(DESK):
        StopDrawing.objects.filter(stop__place__slug="agadez").update(
            point={"type": "Point", "coordinates": [8.5, 17.5]}
        )


def ask_frontex() -> None:
    assert browser_of("editor").post(DESK_PAGE, form("_ask", agencies=["frontex"])).status_code == 302


def check(login: str = "frontex", **answer) -> int:
    return browser_of(login).post(PROOF, {"outcome": "checked", "remark": "", **answer}).status_code


def page(login: str = "stranger", path: str = "/en/maps/mtm/routes/") -> str:
    return browser_of(login).get(path).content.decode()


def test_the_desk_publishes_a_map_with_title_date_and_years():
    assert browser_of("editor").post(DESK_PAGE, form("_publish")).status_code == 302
    shown = page()
    assert "Map of 2030 en" in shown
    assert "Information as of May 2030" in shown
    assert 'max="2029"' in shown
    assert "Map of 2030 ar" in page(path="/ar/maps/mtm/routes/")


def test_earlier_maps_stay_as_they_were_published():
    before = page(path="/en/maps/mtm/routes/editions/2012/")
    move_agadez()
    browser_of("editor").post(DESK_PAGE, form("_publish"))
    after = page(path="/en/maps/mtm/routes/editions/2012/")
    assert "[7.99,16.97]" not in after
    assert '"lon": 7.99, "lat": 16.97' in before
    assert '"lon": 7.99, "lat": 16.97' in after
    assert '"lon": 8.5, "lat": 17.5' in page()


def test_a_second_map_of_a_year_has_its_own_number_and_the_first_its_own_address():
    for _ in range(2):
        browser_of("editor").post(DESK_PAGE, form("_publish"))
    with viewing(ANYONE):
        assert list(MapEdition.objects.filter(year=2030).values_list("number", flat=True)) == [2, 1]
    for number in (1, 2):
        assert browser_of("stranger").get(f"/en/maps/mtm/routes/editions/2030/{number}/").status_code == 200


def test_what_is_drawn_is_nobodys_before_it_is_published():
    move_agadez()
    for login in ("stranger", "official.mar", "frontex"):
        assert '"lon": 8.5' not in page(login)
    for viewer in (ANYONE, Viewer.of(["nominated", "partner:frontex", "dialogue:mtm:irregular-mixed-migration"])):
        with viewing(viewer):
            assert not StopDrawing.objects.visible_to(DESK).exists()


def test_what_the_desk_no_longer_shows_is_missing_on_the_next_map_alone():
    with viewing(DESK):
        SegmentDrawing.objects.filter(segment__start__place__slug="zarzis").update(is_shown=False)
    browser_of("editor").post(DESK_PAGE, form("_publish"))
    assert "Zarzis to Lampedusa" not in page()
    assert "Zarzis to Lampedusa" in page(path="/en/maps/mtm/routes/editions/2025/")


# The quality check ----------------------------------------------------------------------------------------------------


def test_a_proof_is_read_by_the_agency_that_was_asked_and_by_the_desk_alone():
    ask_frontex()
    status = {
        login: browser_of(login).get(PROOF).status_code
        for login in ("frontex", "editor", "unhcr", "official.mar", "stranger")
    }
    assert status == {"frontex": 200, "editor": 200, "unhcr": 404, "official.mar": 404, "stranger": 404}
    assert browser_of("frontex").get(f"{PROOF}layers-4.geojson").status_code == 200
    assert browser_of("unhcr").get(f"{PROOF}layers-4.geojson").status_code == 404
    assert "Map of 2030" not in page("unhcr")
    assert PROOF in page("frontex")
    assert browser_of("stranger").get("/en/maps/mtm/routes/editions/2030/").status_code == 404, "a proof is no map"


def test_the_agency_is_told_by_mail_in_the_language_of_each_reader(django_capture_on_commit_callbacks):
    User.objects.filter(email="frontex@imap.example").update(language="ar")
    with django_capture_on_commit_callbacks(execute=True):
        ask_frontex()
    [message] = mail.outbox
    assert message.to == ["frontex@imap.example"]
    assert message.subject == "الخريطة التفاعلية: خريطة للمراجعة"
    assert "Map of 2030 ar" in message.body
    assert "/ar/maps/mtm/routes/proofs/2030/1/" in message.body


def test_who_reads_for_an_agency_no_more_is_not_told(django_capture_on_commit_callbacks):
    Affiliation.objects.filter(partner="frontex").update(ends_on="2012-01-01")
    with django_capture_on_commit_callbacks(execute=True):
        ask_frontex()
    assert mail.outbox == []


def test_only_the_agency_that_was_asked_answers():
    ask_frontex()
    assert [check(login) for login in ("unhcr", "official.mar", "editor", "stranger")] == [404] * 4
    assert not MapAnswer.objects.exists()
    assert check("frontex") == 302
    with viewing(DESK):
        assert [(row.partner_id, row.outcome) for row in MapAnswer.objects.all()] == [("frontex", "checked")]


def test_remarks_without_a_word_are_asked_for_again():
    ask_frontex()
    response = browser_of("frontex").post(PROOF, {"outcome": "remarks", "remark": " "})
    assert "Say what should be changed." in response.content.decode()
    with viewing(DESK):
        assert not MapAnswer.objects.exists()


def test_a_map_says_which_agency_checked_just_this_content_and_names_nobody():
    ask_frontex()
    check()
    browser_of("editor").post(DESK_PAGE, form("_publish"))
    assert "Quality-checked by European Agency" in page() or "Quality-checked by Frontex" in page()
    with viewing(ANYONE):
        edition = MapEdition.objects.get(year=2030)
    assert [agency for agency, _day in edition.checked] == ["frontex"]


def test_an_answer_holds_no_more_once_something_is_drawn_otherwise():
    ask_frontex()
    check()
    move_agadez()
    assert "drawn otherwise since" in page("editor", DESK_PAGE)
    browser_of("editor").post(DESK_PAGE, form("_publish"))
    with viewing(ANYONE):
        assert MapEdition.objects.get(year=2030).checked == []


def test_the_last_answer_counts():
    ask_frontex()
    check()
    check(outcome=Outcome.REMARKS, remark="The line to Dirkou lies too far west.")
    assert "too far west" in page("editor", DESK_PAGE)
    assert "too far west" not in page("unhcr", DESK_PAGE)
    browser_of("editor").post(DESK_PAGE, form("_publish"))
    with viewing(ANYONE):
        assert MapEdition.objects.get(year=2030).checked == []


def test_who_views_as_an_agency_answers_nothing_in_its_name(reader):
    ask_frontex()
    client = reader("editor")
    client.post("/en/accounts/view-as/", {"dialogue": "mtm", "kind": "partner", "partner": "frontex"})
    client.post(PROOF, {"outcome": "checked", "remark": ""})
    with viewing(DESK):
        assert not MapAnswer.objects.exists()


# The desk -------------------------------------------------------------------------------------------------------------


def test_the_desk_sees_what_will_change_before_it_publishes():
    assert "Nothing differs from the map that readers have." in page("editor", DESK_PAGE)
    move_agadez()
    shown = page("editor", DESK_PAGE)
    assert "Agadez" in shown
    assert "Nothing differs" not in shown


def test_the_desk_asks_agencies_of_its_dialogue_alone():
    names = [agency.pk for agency in agencies_of("mtm")]
    assert {"frontex", "unhcr", "europol"} <= set(names)
    assert "morocco" not in names
    shown = browser_of("editor").post(DESK_PAGE, form("_ask", agencies=["morocco"])).content.decode()
    assert "Select a valid choice" in shown


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"first_year": 2030, "last_year": 2002}, "The last year comes before the first."),
        ({"as_of": "May"}, "is not a date such as"),
        ({"title_ar": ""}, "This field is required."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_published(changes, said):
    response = browser_of("editor").post(DESK_PAGE, form("_publish", **changes))
    assert said in response.content.decode()
    assert not MapEdition.objects.filter(year=2030).exists()


def test_a_proof_for_nobody_is_not_made():
    with viewing(DESK), pytest.raises(ValidationError):
        make_proof("mtm", TITLED, [], no_country)


def test_a_dialogue_without_a_segment_has_nothing_to_publish():
    with viewing(Viewer.secretariat_of("rabat-process")), pytest.raises(ValidationError):
        publish_map("rabat-process", TITLED, ["public"], no_country)


@pytest.mark.parametrize(("login", "status"), [("stranger", 302), ("official.mar", 302), ("frontex", 302)])
def test_the_desk_is_shut_for_readers(login, status):
    assert browser_of(login).get(DESK_PAGE).status_code == status


def test_a_secretariat_has_no_desk_of_another_dialogue():
    assert browser_of("editor").get("/secretariat/routes/mapedition/next/rabat-process/").status_code == 404
