"""Links, and the worker that looks whether outside addresses still answer."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from access.viewer import Viewer
from access.viewing import viewing
from atlas.reference_version import current
from demo.cast import ALL_FOUR
from demo.simulator import Answer, Publisher, moved, page
from indicators.models import Source
from newscentre import tasks
from newscentre.links import checker
from newscentre.links.collector import gather
from newscentre.links.policy import LinkStatus, after_a_failure, after_an_answer
from newscentre.models import Link, OutsideAddress, Publication
from newscentre.stages.fetch import Reason
from profiles.models import Edition, EditionText, GoneLink, Profile
from tests.conftest import STRANGER, browser_of
from tests.readers import body_of

pytestmark = pytest.mark.django_db
EVERY_DESK = Viewer.secretariat_of(*ALL_FOUR)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


# The page -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Regional processes"), ("fr", "Processus régionaux"), ("ar", "العمليات الإقليمية")],
)
def test_links_stand_by_category_with_their_names_in_the_readers_language(language, words):
    html = body_of(browser_of(STRANGER).get(f"/{language}/links/")).decode()
    assert words in html
    assert html.count("<section") == 6
    for link in Link.objects.visible_to(EVERY_DESK):
        assert f'href="{link.address}"' in html
        assert getattr(link, f"name_{language}").replace("'", "&#x27;") in html


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "java\tscript:x", "data:text/html,x", "//e.example", "https://a@b.example/", ""]
)
def test_nothing_but_a_web_address_becomes_a_link(address):
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError):
        Link(dialogue_id="mtm", slug="x", name="x", category="forum", address=address).clean_fields()


# When an address counts as gone ---------------------------------------------------------------------------------------


def looked(days: list[float], *, others_answer: bool = True, reason: Reason = Reason.NOT_FOUND) -> LinkStatus:
    standing = LinkStatus()
    for day in days:
        standing = after_a_failure(standing, reason, NOON + day * DAY, others_answer=others_answer)
    return standing


def test_an_address_is_gone_only_after_failures_over_days():
    assert looked([0, 0.1, 0.2, 0.3, 0.4]).gone_on is None
    assert looked([0, 9, 18]).gone_on is None
    assert looked([0, 1, 2, 3]).gone_on is None
    assert looked([0, 1, 2, 3, 5]).gone_on == date(2026, 3, 6)


def test_the_day_stays_and_one_answer_takes_it_back():
    assert looked([0, 1, 2, 3, 5, 12, 19]).gone_on == date(2026, 3, 6)
    assert after_an_answer().gone_on is None
    assert after_an_answer().failures == 0


def test_while_nobody_answers_nothing_is_held_against_an_address():
    alone = looked([0, 1, 2, 3, 4, 5, 6, 7, 8], others_answer=False)
    assert (alone.failures, alone.gone_on) == (0, None)


@pytest.mark.parametrize("reason", [Reason.NOT_ALLOWED, Reason.BUSY])
def test_a_host_that_answers_but_not_to_programs_is_not_gone(reason):
    refusing = looked([0, 1, 2, 3, 5, 7], reason=reason)
    assert (refusing.failures, refusing.gone_on) == (0, None)


# What is looked at ----------------------------------------------------------------------------------------------------


def test_every_address_of_links_sources_and_newest_texts_is_looked_at_and_none_that_is_gone_from_the_portal():
    with viewing(EVERY_DESK):
        gather(timezone.now())
        held = set(OutsideAddress.objects.values_list("dialogue_id", "address"))
        assert set(Link.objects.values_list("dialogue_id", "address")) <= held
        assert set(Source.objects.exclude(url="").values_list("dialogue_id", "url")) <= held
        gone = Link.objects.get(slug="unterm")
        gone.delete()
        gather(timezone.now())
        assert not OutsideAddress.objects.filter(address=gone.address).exists()


def test_addresses_in_texts_are_found_where_they_stand():
    with viewing(EVERY_DESK):
        text = EditionText.objects.select_related("edition__profile").first()
        EditionText.objects.bulk_create(
            [
                EditionText(
                    edition=text.edition, section=text.section, language="xx", audience=text.audience, digest="x",
                    html='<p><a href="https://in-a-text.example/?a=1&amp;b=2">x</a></p>',
                )
            ]
        )  # fmt: skip
        gather(timezone.now())
        row = OutsideAddress.objects.get(address="https://in-a-text.example/?a=1&b=2")
    assert row.stands_in == [f"{text.edition.profile.path}#{text.edition.number}"]
    assert row.dialogue_id == text.edition.profile.dialogue_id


def test_an_address_that_is_corrected_is_not_gone_and_one_that_is_put_up_again_is():
    with viewing(EVERY_DESK):
        for model, name in ((Link, "address"), (Source, "url")):
            row = model.objects.exclude(**{name: ""}).first()
            model.objects.filter(pk=row.pk).update(gone_on=NOON.date())
            row.refresh_from_db()
            setattr(row, name, "https://corrected.example/")
            row.save()
            row.refresh_from_db()
            assert row.gone_on is None, model
        gather(NOON)
        OutsideAddress.objects.filter(address="https://corrected.example/").update(gone_on=NOON.date())
        Link.objects.create(
            dialogue_id="mtm", slug="again", name_en="again", category="forum", address="https://corrected.example/"
        )
        gather(NOON)
        assert Link.objects.get(slug="again").gone_on == NOON.date()


def test_gathering_twice_changes_nothing():
    with viewing(EVERY_DESK):
        gather(NOON)
        before = list(OutsideAddress.objects.values())
        gather(NOON + DAY)
        assert list(OutsideAddress.objects.values()) == before


# Looking --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def hosts(publisher: Publisher, monkeypatch) -> Publisher:
    """A host on loopback that the portal may ask, as if it were of the internet."""
    monkeypatch.setattr(settings, "NEWS_ALSO_FROM", [("127.0.0.1", publisher.port)])
    monkeypatch.setattr(checker, "PAUSE", timedelta(0))
    return publisher


def address(link: str, host: str = "", **values) -> OutsideAddress:
    with viewing(EVERY_DESK):
        return OutsideAddress.objects.create(dialogue_id="mtm", address=link, host=host or link[:60], **values)


def look_at_all() -> None:
    tasks.dispatch_due_links.apply()


def again(row: OutsideAddress) -> OutsideAddress:
    with viewing(EVERY_DESK):
        return OutsideAddress.objects.get(pk=row.pk)


@pytest.fixture
def looks(django_capture_on_commit_callbacks):
    """Sends what is due, and does what was sent, as the worker would."""

    def do() -> None:
        with django_capture_on_commit_callbacks(execute=True):
            look_at_all()

    return do


def test_an_address_that_answers_is_asked_for_its_head_alone(hosts, looks):
    hosts.heads = True
    hosts.pages["/there"] = page(b"body")
    row = address(hosts.at("/there"))
    looks()
    assert hosts.methods == ["HEAD"]
    assert again(row).answered_at is not None
    assert again(row).next_at > timezone.now() + 6 * DAY


def test_where_a_host_knows_no_heads_the_page_is_asked_for(hosts, looks):
    hosts.pages["/there"] = page(b"body" * 1000)
    row = address(hosts.at("/there"))
    looks()
    assert [path for path, _headers in hosts.asked] == ["/there"]
    assert again(row).failures == 0
    assert again(row).answered_at is not None


def test_a_redirect_is_followed_to_where_the_page_is(hosts, looks):
    hosts.pages["/old"], hosts.pages["/new"] = moved("/new"), page(b"x")
    row = address(hosts.at("/old"))
    looks()
    assert again(row).answered_at is not None


@pytest.mark.parametrize(
    "inside", ["http://127.0.0.1:1/", "http://[::1]/", "http://169.254.169.254/latest/", "http://10.0.0.1/"]
)
def test_no_address_inside_is_asked_neither_at_once_nor_by_redirect(hosts, looks, inside):
    hosts.pages["/out"] = moved(inside)
    direct, led = address(inside), address(hosts.at("/out"))
    looks()
    assert again(direct).reason in ("", Reason.REFUSED_ADDRESS)
    assert again(led).answered_at is None
    assert again(direct).answered_at is None


def test_an_address_that_stays_away_for_days_is_shown_as_gone_with_the_day_and_comes_back(hosts, looks):
    with viewing(EVERY_DESK):
        link = Link.objects.get(slug="unterm")
        link.address = hosts.at("/gone")
        link.save()
    hosts.pages["/there"] = page(b"x")
    address(hosts.at("/there"), host="another", answered_at=timezone.now(), next_at=timezone.now() + 9 * DAY)
    row = address(hosts.at("/gone"), failures=3, failing_since=timezone.now() - 6 * DAY)
    looks()
    assert again(row).gone_on == timezone.now().date()
    html = body_of(browser_of(STRANGER).get("/en/links/")).decode()
    assert "no longer available (seen on" in html
    assert hosts.at("/gone") not in html
    hosts.pages["/gone"] = page(b"back")
    with viewing(EVERY_DESK):
        OutsideAddress.objects.filter(pk=row.pk).update(next_at=None)
    looks()
    assert again(row).gone_on is None
    assert hosts.at("/gone") in body_of(browser_of(STRANGER).get("/en/links/")).decode()


def test_when_no_other_host_answers_a_failure_is_not_counted(hosts, looks):
    address("http://127.0.0.1:1/", host="other", answered_at=timezone.now() - 2 * DAY, next_at=timezone.now() + DAY)
    row = address(hosts.at("/gone"), failures=3, failing_since=timezone.now() - 9 * DAY)
    looks()
    assert (again(row).failures, again(row).gone_on) == (3, None)
    assert again(row).next_at < timezone.now() + timedelta(hours=2)


def test_a_source_that_is_gone_is_shown_so_and_kept_pages_are_made_anew(hosts, looks):
    before = current()
    with viewing(EVERY_DESK):
        source = Source.objects.get(slug="hcp")
        source.url = hosts.at("/gone")
        source.save()
    path = "/en/maps/mtm/migration-development/morocco/"
    assert "no longer available" not in body_of(browser_of(STRANGER).get(path)).decode()
    address(hosts.at("/x"), host="another", answered_at=timezone.now(), next_at=timezone.now() + DAY)
    row = address(source.url, failures=3, failing_since=timezone.now() - 6 * DAY)
    OutsideAddress.objects.filter(pk=row.pk).update(dialogue_id=source.dialogue_id)
    looks()
    assert abs(current()) > before, "a transaction counts itself once"
    assert "no longer available (seen on" in body_of(browser_of(STRANGER).get(path)).decode()


def text_leading_to(link: str) -> EditionText:
    """A new edition of an open profile with nothing but this text, in English."""
    with viewing(EVERY_DESK):
        profile = Profile.objects.get(dialogue="mtm", theme="migration-development", slug="morocco")
        former = profile.editions.latest("number")
        values = {
            name: getattr(former, name) for name in ("profile", "audience", "as_of", "endorsement", "published_at")
        }
        [edition] = Edition.objects.bulk_create([Edition(number=former.number + 1, **values)])
        html = f'<p><a href="{link}">the convention</a> of 1951</p>'
        section = former.texts.filter(section__heading__isnull=False).first().section
        values = {"section": section, "language": "en", "audience": former.audience, "html": html, "digest": "x"}
        return EditionText.objects.bulk_create([EditionText(edition=edition, **values)])[0]


def test_an_address_in_a_text_that_is_gone_is_shown_so_beside_it(hosts, looks):
    text = text_leading_to(hosts.at("/gone"))
    path = "/{}/maps/mtm/migration-development/morocco/"
    told = {"en": "no longer available (seen on", "ar": "لم يعد متاحًا"}
    address(hosts.at("/x"), host="another", answered_at=timezone.now(), next_at=timezone.now() + DAY)
    row = address(hosts.at("/gone"), failures=3, failing_since=timezone.now() - 6 * DAY)
    for language, words in told.items():
        assert words not in body_of(browser_of(STRANGER).get(path.format(language))).decode()
    looks()
    for language, words in told.items():
        html = body_of(browser_of(STRANGER).get(path.format(language))).decode()
        assert f'the convention</a> <small class="gone" lang="{language}"' in html
        assert words in html
    hosts.pages["/gone"] = page(b"back")
    with viewing(EVERY_DESK):
        assert GoneLink.objects.get(text=text).gone_on == again(row).gone_on
        OutsideAddress.objects.filter(pk=row.pk).update(next_at=None)
    looks()
    assert "no longer available" not in body_of(browser_of(STRANGER).get(path.format("en"))).decode()


def test_a_publication_whose_address_is_gone_is_shown_so_and_a_corrected_one_is_not(hosts, looks):
    with viewing(EVERY_DESK):
        publication = Publication.objects.filter(dialogue="mtm", audience__contains=["public"]).first()
        publication.link = hosts.at("/gone")
        publication.save()
    address(hosts.at("/x"), host="another", answered_at=timezone.now(), next_at=timezone.now() + DAY)
    address(publication.link, failures=3, failing_since=timezone.now() - 6 * DAY)
    looks()
    html = body_of(browser_of(STRANGER).get(f"/en/library/{publication.address_number}/")).decode()
    assert "no longer available (seen on" in html
    assert hosts.at("/gone") not in html
    with viewing(EVERY_DESK):
        publication.link = hosts.at("/there")
        publication.save()
    assert (
        hosts.at("/there") in body_of(browser_of(STRANGER).get(f"/en/library/{publication.address_number}/")).decode()
    )


# Workers --------------------------------------------------------------------------------------------------------------


def test_of_each_host_one_address_is_looked_at_at_a_time(hosts):
    for number in range(3):
        address(hosts.at(f"/{number}"), host="one.example")
    address(hosts.at("/other"), host="two.example")
    with viewing(EVERY_DESK):
        assert len(checker.claim_due(timezone.now())) == 2
        assert checker.claim_due(timezone.now()) == []


def test_a_host_is_left_alone_for_a_while_after_a_look():
    now = timezone.now()
    address("https://a.example/1", host="a.example", checked_at=now - timedelta(seconds=5), next_at=now + DAY)
    address("https://a.example/2", host="a.example")
    with viewing(EVERY_DESK):
        assert checker.claim_due(now) == []
        assert len(checker.claim_due(now + timedelta(minutes=1))) == 1


def test_what_a_killed_worker_held_is_looked_at_again_and_a_late_worker_changes_nothing(hosts):
    hosts.pages["/there"] = page(b"x")
    row, now = address(hosts.at("/there")), timezone.now()
    with viewing(EVERY_DESK):
        [(pk, lost)] = checker.claim_due(now - timedelta(hours=1))
        [(again_pk, taken)] = checker.claim_due(now)
    assert (pk, lost != taken) == (again_pk, True)
    assert checker.look(pk, lost, EVERY_DESK) is False
    assert checker.look(pk, taken, EVERY_DESK) is True
    assert checker.look(pk, taken, EVERY_DESK) is False, "a message that comes twice is one look"
    assert checker.look(pk, uuid.uuid4(), EVERY_DESK) is False
    assert len(hosts.asked) == 1
    assert again(row).claim is None


def test_a_wait_that_a_host_asks_for_is_kept(hosts, looks):
    hosts.pages["/busy"] = Answer(429, headers={"Retry-After": str(7 * 24 * 3600)})
    row = address(hosts.at("/busy"), failures=2)
    looks()
    assert again(row).reason == Reason.BUSY
    assert again(row).failures == 2
    assert again(row).next_at > timezone.now() + 6 * DAY


# The desk -------------------------------------------------------------------------------------------------------------


def test_the_desk_sees_what_is_broken_and_where_it_stands_and_asks_for_a_look(reader):
    row = address(
        "https://broken.example/", failures=2, reason="not-found", stands_in=["links/broken"], next_at=NOON + 9000 * DAY
    )
    with viewing(EVERY_DESK):
        OutsideAddress.objects.create(
            dialogue_id="rabat-process", address="https://rabat.example/", host="r", failures=1
        )
    desk = reader("editor")
    html = desk.get("/secretariat/newscentre/outsideaddress/?state=failing").content.decode()
    assert "https://broken.example/" in html
    assert "links/broken" in html
    assert "There is nothing at its address." in html
    assert "rabat.example" not in html
    desk.post("/secretariat/newscentre/outsideaddress/", {"action": "look_now", "_selected_action": [row.pk]})
    assert again(row).next_at is None
    assert desk.get("/secretariat/newscentre/outsideaddress/add/").status_code == 403
