"""Words in the portal's PDFs are found and copied as they are written, in each language, and every script has letters."""

import io
import json
import re
import shutil
import subprocess

import pypdfium2
import pytest
from pypdf import PdfReader
from pypdf.generic import ContentStream

from atlas import print_cache
from atlas.typesetting import typeset
from tests.conftest import browser_of

WORDS = {
    "ar": (
        "غير الهجرة النظامية اللاجئين المهاجرين اللجوء الاتجار بالبشر الإنقاذ الأولى التحويلات السلطات الأمانة الشريكة "
        "بين الآلاف أولاً مسؤولًا يُجمع تُقرأ"
    ),
    "en": (
        "migration irregular asylum reception trafficking smuggling officials Office flows fields offshore affected "
        "coefficient return readmission remittances detection final first efforts"
    ),
    "fr": (
        "migration irrégulière asile accueil traite trafic réadmission réintégration œuvre cœur naïf français août "
        "frontières États Côte-d’Ivoire aujourd’hui effectif officiels difficile"
    ),
}
# Migration news, or a name, in scripts that neither face of the portal holds.
OTHER_SCRIPTS = {
    "Amharic": "የስደት ዜና በአማርኛ",
    "Tifinagh": "ⵜⴰⵎⴰⵣⵉⵖⵜ",
    "Georgian": "მიგრაცია საქართველოში",
    "Chinese, simplified": "移民新闻",
    "Chinese, traditional": "難民新聞",
    "Japanese": "移民ニュース",
    "Korean": "이주 뉴스",
    "Hebrew": "הגירה",
    "Armenian": "միգրացիա",
    "Hindi": "प्रवासन",
    "Greek": "μετανάστευση",
    "Russian": "миграция",
}
INVISIBLE = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069"), " ")


def by_pdfium(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    return " ".join(page.get_textpage().get_text_range() for page in document).translate(INVISIBLE).split()


def by_pdftotext(pdf: bytes) -> list[str]:
    told = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    return told.stdout.decode().translate(INVISIBLE).split()


PROGRAMS = [
    by_pdfium,
    pytest.param(
        by_pdftotext,
        marks=[
            pytest.mark.programs,
            pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext (poppler-utils) is not installed"),
        ],
    ),
]


def review(language: str, text: str, text_language: str = "") -> bytes:
    told = {"text": text, "language": text_language or language}
    entry = {
        "title": told, "publisher": "Agency", "day": "1", "summary": told, "comments": [told], "link": "", "is_restricted": "",
    }  # fmt: skip
    sheet = {
        "language": language, "title": text, "dialogue": "MTM", "dates": "", "access": "", "introduction": told,
        "comma": ", ", "entries": [entry],
    }  # fmt: skip
    return typeset("review.typ", {"sheet": json.dumps(sheet)}, "pdf")


@pytest.mark.parametrize("words_in", PROGRAMS)
@pytest.mark.parametrize("language", WORDS)
def test_twenty_words_of_a_press_review_are_found(language, words_in):
    assert len(WORDS[language].split()) == 20
    found = words_in(review(language, WORDS[language]))
    for word in WORDS[language].split():
        assert found.count(word) == 5, f"{word}: title twice, introduction, summary, comment"


@pytest.mark.django_db
@pytest.mark.parametrize("words_in", PROGRAMS)
@pytest.mark.parametrize("language", WORDS)
def test_every_word_of_a_printed_map_is_found(language, words_in, monkeypatch):
    """What stands around the map is known before it is set."""
    kept: list[dict] = []
    printed = print_cache.printed

    def keep(program: str, sheet: dict, *given, **named) -> bytes:
        kept.append(sheet)
        return printed(program, sheet, *given, **named)

    monkeypatch.setattr(print_cache, "printed", keep)
    answer = browser_of("stranger").get(f"/{language}/maps/mtm/routes/editions/2025/1/map-2012-a3.pdf")
    (sheet,) = kept
    told = " ".join([sheet["title"], sheet["dates"], *sheet["notes"], *(row["text"] for row in sheet["legend"])])
    words = {word for word in told.translate(INVISIBLE).split() if re.fullmatch(r"\w{3,}", word)}
    assert len(words) >= 20
    found = {word.strip(".,:;()،؛") for word in words_in(answer.content)}
    assert words - found == set()


@pytest.mark.parametrize("text", OTHER_SCRIPTS.values(), ids=OTHER_SCRIPTS)
@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_title_in_another_script_has_letters_and_no_boxes(language, text):
    pdf = review(language, text, "und")
    assert missing_glyphs(pdf) == 0


def test_a_letter_that_no_face_has_is_counted_as_missing():
    assert missing_glyphs(review("en", "\U00013000")) > 0


def missing_glyphs(pdf: bytes) -> int:
    """How often the pages show glyph 0, the box of a letter that the font has not."""
    reader = PdfReader(io.BytesIO(pdf))
    count = 0
    for page in reader.pages:
        for operands, operator in ContentStream(page.get_contents(), reader).operations:
            if operator in (b"Tj", b"TJ"):
                shown = operands[0] if operator == b"TJ" else operands
                strings = [bytes(part.original_bytes) for part in shown if not isinstance(part, int | float)]
                count += sum(text[place : place + 2] == b"\0\0" for text in strings for place in range(0, len(text), 2))
    return count
