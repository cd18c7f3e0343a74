"""Which subjects and categories an article is given, in three languages and their spellings."""

import tomllib

import pytest

from newscentre.stages.tag import Name, NameFinder, forms_of_people
from newscentre.stages.tokenizer import words_of
from search.normalisation import folded
from tests.newscentre.gazetteer import DATA, rows, tagger


def subjects_in(text: str) -> set[str]:
    return set(tagger().subjects.keys_in(text))


def categories_in(text: str) -> set[str]:
    return set(tagger().categories.keys_in(text))


@pytest.mark.parametrize(
    "text",
    ["Talks in Sebha", "Talks in Sabha", "Pourparlers à Sebha", "محادثات في سبها", "وصلوا إلى سبهة", "القوافل لسبها",
     "وسبها مدينة", "في سَبْها", "سـبـهـا", "SEBHA: talks"],
)  # fmt: skip
def test_sebha_is_found_in_every_spelling(text):
    assert "sebha" in subjects_in(text)


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("Morocco and Spain meet in Rabat", {"morocco", "spain", "rabat"}),
        ("Le Maroc et l’Espagne se réunissent", {"morocco", "spain"}),
        ("المغرب وإسبانيا يجتمعان", {"morocco", "spain"}),
        ("بين المغرب والجزائر", {"morocco", "algeria"}),
        ("العلاقات مع المملكة المغربية", {"morocco"}),
        ("ترحيل مهاجرين من ليبيا إلى النيجر", {"libya", "niger"}),
        ("السلطات الليبية والتونسية", {"libya", "tunisia"}),
        ("Des migrants nigériens et nigérians", {"niger", "nigeria"}),
        ("Nigerien and Nigerian officials", {"niger", "nigeria"}),
        ("Les autorités grecques et turques", {"greece", "turkey"}),
        ("Türkiye, Turkey, Turquie, تركيا", {"turkey"}),
        ("Côte d’Ivoire; Cote d'Ivoire; Ivory Coast; كوت ديفوار", {"cote-d-ivoire"}),
        ("Guinea-Bissau", {"guinea-bissau"}),
        ("Guinea", {"guinea"}),
        ("Equatorial Guinea", {"equatorial-guinea"}),
        ("Papua New Guinea and South Sudan", set()),
        ("The DRC and the UK", {"democratic-republic-of-the-congo", "united-kingdom"}),
        ("N'Djamena hosts", {"chad", "n-djamena"}),
    ],
)
def test_names_adjectives_and_capitals_are_found(text, subjects):
    assert subjects_in(text) == subjects


@pytest.mark.parametrize(
    "text",
    [
        "الدعم المالي للاجئين",  # financial support
        "برنامج مالي جديد",
        "مدرسة بنين",  # a school for boys
        "the polish of the turkey",
        "Ludwig Van Beethoven",
        "vie chère, tours et détours",
        "كتاب عن الأغاني",
        "مجريات الأحداث",
        "دروس في السباحة",
    ],
)
def test_words_that_only_look_like_names_are_no_subjects(text):
    assert subjects_in(text) == set()


def test_mali_is_found_in_arabic_where_a_word_of_place_goes_before():
    assert subjects_in("اللاجئون في شمال مالي") == {"mali"}
    assert subjects_in("من مالي إلى موريتانيا") == {"mali", "mauritania"}


def test_an_article_is_tagged_in_the_order_of_naming():
    assert tagger().subjects.keys_in("Niger and Libya; Niger again") == ["niger", "libya"]


@pytest.mark.parametrize(
    ("category", "lines"),
    [
        ("international-protection", ["Asylum claims rise", "Les réfugiés syriens", "اللاجئين في لبنان"]),
        ("irregular-migration", ["A shipwreck off Zarzis", "Naufrage au large de Sfax", "غرق قارب قبالة الساحل"]),
        ("smuggling-trafficking", ["Smugglers arrested", "Arrestation de passeurs", "توقيف شبكة لتهريب المهاجرين"]),
        ("border-management", ["New border posts", "Contrôle aux frontières", "ضبط الحدود الجنوبية"]),
        ("return-reintegration", ["Voluntary return from Libya", "Retour volontaire au Mali", "العودة الطوعية من ليبيا"]),
        ("labour-migration", ["Seasonal workers needed", "Des travailleurs migrants", "حقوق العمال المهاجرين"]),
        ("migration-development", ["Migration and development plan", "Migration et développement", "الهجرة والتنمية في تونس"]),
        ("remittances", ["Remittances fall", "Les transferts de fonds", "تراجع تحويلات المغتربين"]),
        ("diaspora", ["The diaspora invests", "La diaspora investit", "الجالية المغربية بالخارج"]),
        ("integration", ["Language courses open", "Des cours de langue", "دورات اللغة والاندماج"]),
        ("legislation-policy", ["Parliament debates", "Le projet de loi", "مشروع قانون جديد"]),
        ("data-research", ["A new survey", "Une étude", "دراسة عن الهجرة"]),
        ("i-map", ["The i-Map is updated", "Le Processus de Rabat", "اجتماع عملية الرباط"]),
    ],
)  # fmt: skip
def test_each_category_is_found_in_three_languages(category, lines):
    for line in lines:
        assert category in categories_in(line), line


def test_every_category_has_words_in_three_languages():
    for row in tomllib.loads((DATA / "world" / "news_categories.toml").read_text(encoding="utf-8"))["category"]:
        for language in ("en", "fr", "ar"):
            assert row[language]
            assert len(row[f"words_{language}"]) >= 2, row["slug"]


def test_every_name_of_the_press_is_of_a_covered_country():
    covered = {row["slug"] for row in rows("facts", "coverage.csv")}
    named = {row["slug"] for row in rows("world", "press_names.csv")} - {""}
    assert named == covered


def test_every_name_finds_its_own_subject():
    """Adjectives and capitals, as they stand in the file, in a line of their language."""
    before = {"en": "The talks in ", "fr": "Les pourparlers à ", "ar": "محادثات في "}
    for row in rows("world", "press_names.csv"):
        for language, words in before.items():
            for text in filter(None, f"{row[f'capital_{language}']}/{row[f'people_{language}']}".split("/")):
                if row["slug"]:
                    assert row["slug"] in subjects_in(words + text), text


@pytest.mark.parametrize(
    ("text", "language", "forms"),
    [
        ("marocain", "fr", ["marocain", "marocaine", "marocains", "marocaines"]),
        ("algérien", "fr", ["algérien", "algérienne", "algériens", "algériennes"]),
        ("français", "fr", ["français", "française", "françaises"]),
        ("belge", "fr", ["belge", "belges"]),
        ("Greek", "en", ["Greek", "Greeks"]),
        ("مغاربة", "ar", ["مغاربة"]),
    ],
)
def test_adjectives_are_declined(text, language, forms):
    assert forms_of_people(text, language) == forms


def test_forms_of_letters_make_no_difference():
    assert folded("إِدارةُ الهِجرَةِ") == folded("اداره الهجره")
    assert folded("٤٧") == "47"
    assert [word.text for word in words_of("L’œuvre d’été")] == ["oeuvre", "ete"]  # elided articles are no words


def test_a_long_text_is_searched_in_little_time():
    finder = NameFinder([Name("x", "needle", True)])
    assert finder.keys_in("a " * 200_000 + "Needle") == ["x"]
