"""The interface speaks French and Arabic: catalogues are whole and well set, and pages show no word of another language."""

import csv
import re
import tomllib
from collections.abc import Iterator
from gettext import GNUTranslations
from html import unescape
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import django
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.utils.translation import ngettext, override

from imap import make_messages

ROOT = Path(__file__).resolve().parent.parent.parent
LANGUAGES = ("ar", "fr")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z]")
TAG = re.compile(r"</?\w+[^>]*>")
IN_ARABIC_ZERO_ONE_TWO = 3  # these forms may say the number in the word itself: ملفان


def catalogue(language: str) -> Catalog:
    with (ROOT / "locale" / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file)


def rows(language: str) -> list[Message]:
    return [message for message in catalogue(language) if message.id]


def forms(words) -> list[str]:
    return [words] if isinstance(words, str) else list(words)


def pairs(language: str) -> Iterator[tuple[str, str]]:
    """(English, translation), each plural form with the English it stands for."""
    for message in rows(language):
        english = forms(message.id)
        for number, words in enumerate(forms(message.string)):
            yield english[min(number, len(english) - 1)], words


def keys(catalog: Catalog) -> set:
    return {(message.context, message.id) for message in catalog if message.id}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_holds_what_the_sources_say_and_nothing_else(language):
    wanted, held = keys(make_messages.extracted()), keys(catalogue(language))
    assert sorted(map(str, wanted - held)) == [], "run `make messages`, then translate"
    assert sorted(map(str, held - wanted)) == [], "run `make messages`"
    assert not catalogue(language).obsolete


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_is_as_the_tool_writes_it(language):
    path = ROOT / "locale" / language / "LC_MESSAGES" / "django.po"
    assert make_messages.updated(language, make_messages.extracted(), path.read_bytes()) == path.read_bytes()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_translated_in_every_form(language):
    catalog = catalogue(language)
    for message in rows(language):
        words = forms(message.string)
        assert all(words), message.id
        assert not message.fuzzy, message.id
        assert len(words) == (catalog.num_plurals if message.pluralizable else 1), message.id


def test_arabic_has_six_plural_forms():
    assert catalogue("ar").num_plurals == 6


@pytest.mark.parametrize("language", LANGUAGES)
def test_plurals_follow_the_rule_of_django_with_which_the_catalogue_is_merged(language):
    compiled = BytesIO()
    write_mo(compiled, catalogue(language))
    compiled.seek(0)
    with (Path(django.__file__).parent / "conf" / "locale" / language / "LC_MESSAGES" / "django.mo").open("rb") as file:
        theirs = GNUTranslations(file)
    ours = GNUTranslations(compiled)
    numbers = [*range(1001), 1_000_000, 2_000_000]
    assert [ours.plural(number) for number in numbers] == [theirs.plural(number) for number in numbers]
    assert theirs.info()["plural-forms"] in (ROOT / "locale" / language / "LC_MESSAGES" / "django.po").read_text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_are_those_of_the_english(language):
    for message in rows(language):
        english = set(PLACEHOLDER.findall(forms(message.id)[-1]))
        for number, words in enumerate(forms(message.string)):
            held = set(PLACEHOLDER.findall(words))
            says_the_number = language == "ar" and message.pluralizable and number < IN_ARABIC_ZERO_ONE_TWO
            assert held <= english if says_the_number else held == english, words
        assert ("python-format" in message.flags) == bool(english), message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_tags_and_outer_spaces_are_those_of_the_english(language):
    for english, words in pairs(language):
        assert sorted(TAG.findall(english)) == sorted(TAG.findall(words)), words
        for end in (slice(0, 1), slice(-1, None)):
            assert (english[end] in " \n") == (words[end] in " \n"), repr(words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_digits_are_latin_and_quotation_marks_are_of_the_language(language):
    for _english, words in pairs(language):
        text = TAG.sub("", words)
        assert not re.search(r"[٠-٩۰-۹]", text), words
        assert not re.search(r"[\"“”„]", text), words


# What is wrong in French: a double mark or a sign of per cent without its space, or with another than its own. Narrow
# (U+202F) before ; ! ? % and inside « », full (U+00A0) before the colon; both unbroken.
SPACES_OF_FRENCH = re.compile(
    r"(?<![\u202f(])[;!?»]|(?<![\u00a0\d(])[:](?!//)|«(?!\u202f)|\d[^\u202f]?%|\d[ \u00a0]\d{3}(?!\d)|[\u00a0\u202f] | [\u00a0\u202f]"
)
SPOKEN_IN_ENGLISH = re.compile(r"‘[^’]*’[?!]|<em lang=\"en\">.*?</em>|<bdi[^>]*>.*?</bdi>", re.DOTALL)


def french_texts() -> Iterator[tuple[str, str]]:
    """(where, words) of everything that the portal itself writes in French."""
    for _english, words in pairs("fr"):
        yield "locale/fr", re.sub(r"%\(\w+\)s", "…", words)
    pages = [*(ROOT / "data" / "texts").rglob("*.fr.html"), *(ROOT / "templates" / "pages").glob("*.fr.html")]
    pages += (ROOT / "data" / "world" / "terms-of-use").glob("*.fr.html")
    for path in pages:
        html = SPOKEN_IN_ENGLISH.sub("", path.read_text())
        yield str(path.relative_to(ROOT)), unescape(TAG.sub("\n", html))
    for path in [*(ROOT / "data" / "world").glob("*.toml"), *(ROOT / "data" / "texts").rglob("*.toml")]:
        for words in french_values(tomllib.loads(path.read_text())):
            yield str(path.relative_to(ROOT)), words


def french_values(held) -> Iterator[str]:
    if isinstance(held, list):
        for value in held:
            yield from french_values(value)
    elif isinstance(held, dict):
        for key, value in held.items():
            if key == "fr" and isinstance(value, str):
                yield value
            else:
                yield from french_values(value)


def test_french_writes_the_apostrophe_of_print():
    assert [words for where, words in french_texts() if re.search(r"\w'\w", words)] == []


def test_french_sets_the_spaces_that_its_marks_want():
    texts = list(french_texts())
    assert len({where for where, _words in texts}) > 60
    wrong = [(where, words[max(0, at.start() - 25) : at.end() + 5]) for where, words in texts
             for at in SPACES_OF_FRENCH.finditer(words)]  # fmt: skip
    assert wrong == []


@pytest.mark.parametrize(
    "words",
    [
        "Qui ?",
        "Qui?",
        "Note : ici",
        "Note\u202f: ici",
        "«\u00a0Dakar\u00a0»",
        "« Dakar »",
        "1,38 %",
        "1,38%",
        "29 891",
        "oui ;",
    ],
)
def test_wrong_spaces_of_french_are_found(words):
    assert SPACES_OF_FRENCH.search(words)


@pytest.mark.parametrize(
    "words", ["Qui\u202f?", "Note\u00a0: 10:30", "«\u202fDakar\u202f»", "1,38\u202f%", "29\u202f891", "https://x"]
)
def test_right_spaces_of_french_are_left_alone(words):
    assert not SPACES_OF_FRENCH.search(words)


def test_arabic_uses_its_own_punctuation():
    for _english, words in pairs("ar"):
        assert not re.search(r"[,;?]", re.sub(r"\d,\d", "", words)), words


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_the_field_are_the_agreed_ones(language):
    with (ROOT / "data" / "world" / "terms.csv").open() as file:
        agreed = {row["en"].casefold(): row[language] for row in csv.DictReader(file)}
    agreed["n/a"] = agreed["not available"]
    checked = 0
    for english, words in pairs(language):
        if english.casefold() in agreed:
            assert words.casefold().replace("’", "'") == agreed[english.casefold()].casefold(), english
            checked += 1
    assert checked > 5


# What readers see


class Visible(HTMLParser):
    """The texts and the spoken attributes of a page, without what stands in another language or is a name of its own."""

    VOID = {"meta", "link", "input", "br", "img", "hr", "path", "circle", "source"}

    def __init__(self, language: str):
        super().__init__()
        self.language = language
        self.open: list[tuple[str, bool]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        is_other = tag in ("bdi", "script", "style") or attributes.get("lang", self.language) != self.language
        is_hidden = is_other or (bool(self.open) and self.open[-1][1])
        if not is_hidden:
            spoken = [attributes.get(name) for name in ("aria-label", "title", "placeholder", "alt")]
            if attributes.get("name") == "description" or (tag == "input" and attributes.get("type") == "submit"):
                spoken += [attributes.get("content"), attributes.get("value")]
            self.texts += [text.strip() for text in spoken if text]
        if tag not in self.VOID:
            self.open.append((tag, is_hidden))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if data.strip() and not (self.open and self.open[-1][1]):
            self.texts.append(data.strip())


def visible(page, language: str) -> list[str]:
    parser = Visible(language)
    parser.feed(page.content.decode())
    return parser.texts


def foreign_words(page) -> set[str]:
    """The words in Latin letters that a page in Arabic shows, but for names."""
    texts = visible(page, "ar")
    assert any("الخريطة التفاعلية للهجرة" in text for text in texts)
    return {word for text in texts for word in re.findall(r"[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ-]+", text)} - NAMES


PAGES = [
    "",
    "maps/",
    *(f"maps/{dialogue}/" for dialogue in ("mtm", "budapest-process", "prague-process", "rabat-process")),
    *(f"maps/mtm/{page}/" for page in ("about", "partners", "supporters", "contact")),
    "maps/mtm/migration-development/",
    "maps/mtm/migration-development/?by=area",
    "maps/mtm/migration-development/across/overview/",
    "maps/mtm/migration-development/morocco/",
    "maps/mtm/migration-development/morocco/remittances/",
    "maps/mtm/migration-development/morocco/print/",
    "maps/mtm/migration-development/morocco/editions/1/",
    "countries/",
    "countries/morocco/",
    "countries/niger/",
    "accounts/login/",
    "accounts/password/reset/",
    "accounts/password/reset/done/",
    "terms/",
    "privacy/",
    "accessibility/",
    "nowhere/",
]
# Names of the portal, of bodies and of things that Arabic leaves in Latin letters.
NAMES = {"i-Map", "imap", "example", "accessibility", "Gapminder", "Natural", "Earth", "PDF", "CC", "BY"}
NAMES |= {"Word", "docx", "JPEG", "PNG"}
NAMES |= {"DCAF", "DIIS", "EASO", "IOPCR", "MARRI", "SECI", "SELEC", "HCP", "Tab"}


@pytest.mark.parametrize("address", PAGES)
def test_an_arabic_page_shows_no_english_word(reader, address):
    page = reader("stranger").get(f"/ar/{address}")
    assert page.status_code == (404 if address == "nowhere/" else 200)
    assert foreign_words(page) == set()


@pytest.mark.parametrize("login", ["official.mar", "editor"])
@pytest.mark.parametrize("address", ["", "maps/mtm/irregular-mixed-migration/morocco/detection/"])
def test_an_arabic_page_of_a_signed_in_reader_shows_no_english_word(reader, login, address):
    page = reader(login).get(f"/ar/{address}")
    assert page.status_code == 200
    assert foreign_words(page) == set()


@pytest.mark.parametrize("address", ["nominations/", "nominations/new/", "nominations/people/", "accounts/join/"])
def test_an_arabic_page_about_people_shows_no_english_word(reader, address):
    assert foreign_words(reader("focalpoint.mar").get(f"/ar/{address}")) == set()


def test_errors_of_the_sign_in_form_are_arabic(reader):
    page = reader("stranger").post("/ar/accounts/login/", {"login": "nobody@imap.example", "password": "wrong-2012"})
    assert foreign_words(page) == set()


@pytest.mark.parametrize("address", PAGES)
def test_a_french_page_shows_no_english_message(reader, address):
    page = reader("stranger").get(f"/fr/{address}")
    english = {words for words, french in pairs("fr") if words != french and PLACEHOLDER.search(words) is None}
    assert english & set(visible(page, "fr")) == set()


COUNTED = [(0, "لا ملفات"), (1, "ملف واحد"), (2, "ملفان"), (3, "3 ملفات"), (11, "11 ملفاً"), (100, "100 ملف")]


@pytest.mark.parametrize(("number", "words"), COUNTED)
def test_numbers_of_profiles_are_said_as_arabic_says_them(number, words):
    with override("ar"):
        counted = ngettext("%(counter)s profile", "%(counter)s profiles", number) % {"counter": number}
    assert counted == words
