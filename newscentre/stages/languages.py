"""Detects the language and direction of a line of text.

What a feed or an entry declares holds unless the words plainly say otherwise: a headline of names says nothing, and a
name in another language is no sentence in it.
"""

import re

RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
ADDRESS = re.compile(r"https?://\S+|www\.\S+|(?<!\S)\S+@\S+")
# Letters that Arabic does not have, of languages written in its script.
URDU, PERSIAN = set("ٹڈڑںھہے"), set("پچژگک")
NEAR_ARABIC = {"fa", "ku", "ps", "ug", "ur", "ckb", "sd", "prs"}
ARABIC_WORD = re.compile(r"(?:[وفبكل]?ال\w{2,}|\w{2,}ة|(?:في|من|إلى|على|عن|مع|بعد|قبل|أن|إن|هذا|هذه|التي|الذي))")
PERSIAN_WORD = re.compile(r"(?:از|به|در|که|را|این|است|برای|می‌\w+|با|شد|کرد|\w*[پچژگ]\w*)")
HEBREW = re.compile(r"[א-ת]")
WORD = re.compile(r"[^\W\d_]+")
# An elision before a small letter is French; before a capital it may be a part of a name.
ELIDED = re.compile(r"\b(?:[ldnsjcmtLDNSJCMT]|[qQ]u)['’](?=[a-zà-ÿœæ])")
BORROWED = re.compile(
    r"\b(?:coups?|raison|hors|chargé|chef|corps|communiqués?|cafés?|vis|joie|fait) ?[-' ]?(?:d['’]\w+|à[- ]vis)?", re.I
)
FRENCH_LETTER = re.compile(r"[àâçèéêëîïôùûœ]")
ENGLISH = """the of and to in for on with is are was were by from at as that after over has have be will it its an more
    than into about not says said say new their who but against before off"""
FRENCH = """le la les des du de et en un une dans pour sur avec est sont au aux par qui que ce cette ces son sa ses plus
    après contre leur leurs mais ont été sans entre vers chez comme pas se ne"""
SPANISH = (
    "el los las del que por con una para se en y al su sus como más pero desde hasta sobre tras es son ha han de la"
)
ITALIAN = (
    "il lo gli di della dello dei delle nel nella che per con una è sono al dal alla si ha hanno non da dopo e la le"
)
PORTUGUESE = "o os as do da dos das em no na nos nas que por com uma para se não ao à são foi mais após e de um"
GERMAN = (
    "der die das und in den von zu mit im für auf ist nicht ein eine dem des sich nach bei aus wird sind zum zur über"
)
SMALL_WORDS = {
    code: set(words.split())
    for code, words in {
        "en": ENGLISH,
        "fr": FRENCH,
        "es": SPANISH,
        "it": ITALIAN,
        "pt": PORTUGUESE,
        "de": GERMAN,
    }.items()
}
NAMES_HOLD = "de del della di da do dos das du des d l la le les el al los las van von der y e"
MOST_PARTICLES = 6  # in a row, of one name
PARTICLES = set(NAMES_HOLD.split())
OF_LETTERS = (("uk", "[іїєґ]"), ("ru", "[ыэё]"), ("el", "[α-ω]"), ("am", "[\u1200-\u137f]"), ("zgh", "[\u2d30-\u2d7f]"))
OTHER_SCRIPT = re.compile(r"[^\W\d_\u0000-\u024f\u1e00-\u1eff\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")


def direction_of(text: str) -> str:
    """“rtl” or “ltr”, by what is written in it and not by the names it holds.

    Names in Latin letters begin with capitals: they turn a line only where hardly anything else stands in it.
    """
    words = WORD.findall(ADDRESS.sub(" ", text))
    leftward = sum(1 for word in words if RIGHT_TO_LEFT.match(word))
    small = sum(1 for word in words if not RIGHT_TO_LEFT.match(word) and not word[0].isupper())
    names = len(words) - leftward - small
    if not leftward or leftward <= small:
        return "ltr"
    begins = bool(RIGHT_TO_LEFT.match(words[0]))
    return "rtl" if begins or leftward * 2 > names + small else "ltr"


def language_of(text: str, declared: str = "") -> str:
    """A code of two or three letters such as ar, en, fr; the declared one unless the words plainly say another, else empty."""
    declared = code_of(declared)
    if direction_of(text) == "rtl":
        return _of_letters_from_the_right(text, declared)
    if len(OTHER_SCRIPT.findall(text)) * 2 > sum(map(str.isalpha, text)):
        return _of_another_script(text, declared)
    counted = _counted(text)
    best, other = sorted(counted, key=lambda code: counted[code], reverse=True)[:2]
    others = max(counted[other], counted.get(declared, 0) + bool(declared)) if best != declared else 0
    is_clear = counted[best] >= 2 and counted[best] > others
    return best if is_clear and declared in {"", "ar", *counted} else declared


def code_of(declared: str) -> str:
    """The language of a tag such as fr-FR, or empty."""
    code = declared.replace("_", "-").split("-")[0].strip().lower()
    return code if re.fullmatch(r"[a-z]{2,3}", code) else ""


def _counted(text: str) -> dict[str, int]:
    """Language → how many of its small words and marks there are, names and borrowed words left out."""
    said = BORROWED.sub(" ", ADDRESS.sub(" ", text))
    words = WORD.findall(said)
    plain = [word for at, word in enumerate(words) if not _is_of_a_name(words, at)]
    small = [word.lower() for word in plain]
    counted = {code: sum(word in known for word in small) for code, known in SMALL_WORDS.items()}
    accented = (word for word in plain if word.islower() and word not in SMALL_WORDS["fr"])
    counted["fr"] += 2 * len(ELIDED.findall(said)) + sum(bool(FRENCH_LETTER.search(word)) for word in accented)
    return counted


def _is_of_a_name(words: list[str], at: int) -> bool:
    """Capitals within a line, but for English headlines, whose words may all have them; and what stands between two of
    them, as in “Puerto de la Luz”.
    """
    word = words[at].lower()
    if words[at][0].isupper():
        return at > 0 and (word in PARTICLES or word not in SMALL_WORDS["en"])
    if word not in PARTICLES:
        return False
    before, after = at, at
    while before >= 0 and at - before < MOST_PARTICLES and words[before] in PARTICLES:
        before -= 1
    while after < len(words) and after - at < MOST_PARTICLES and words[after] in PARTICLES:
        after += 1
    return before >= 0 and after < len(words) and words[before][0].isupper() and words[after][0].isupper()


def _of_letters_from_the_right(text: str, declared: str) -> str:
    letters = set(text)
    if HEBREW.search(text):
        return declared if declared in {"he", "yi"} else "he"
    if declared in NEAR_ARABIC:
        return "ur" if declared == "fa" and letters & URDU else declared
    words = WORD.findall(text)
    arabic = sum(1 for word in words if ARABIC_WORD.fullmatch(word))
    if letters & URDU and not arabic:
        return "ur"
    persian = sum(1 for word in words if PERSIAN_WORD.fullmatch(word) or set(word) & PERSIAN)
    if persian > arabic:
        return "ur" if letters & URDU else "fa"
    return "ar"


def _of_another_script(text: str, declared: str) -> str:
    """Detects a language by letters that only it has; else the declared one, if not of Latin or Arabic script."""
    small = text.lower()
    if declared and declared not in {"ar", *SMALL_WORDS}:
        return declared
    return next((code for code, letters in OF_LETTERS if re.search(letters, small)), "")
