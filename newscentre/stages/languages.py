"""In which language and direction a line of text is written, by its letters and smallest words.

What a feed declares is often the language of its template, so it only decides where the words do not.
"""

import re
import unicodedata

RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
ARABIC_LETTER = re.compile(r"[\u0620-\u06ff]")
# Letters that Arabic does not have, of languages written in its script.
URDU, PERSIAN = set("ٹڈڑںھہے"), set("پچژگک")
FRENCH_LETTER = re.compile(r"[àâçèêëîïôùûœÀÂÇÈÊËÎÏÔÙÛŒ]|\b[ldnsjcm]['’]|\bqu['’]", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]+")
ENGLISH = """the of and to in for on with is are was were by from at as that after over has have be will it its an more
    than into about not says said say new their who but against before off"""
FRENCH = """le la les des du de et en un une dans pour sur avec est sont au aux par qui que ce cette ces son sa ses plus
    après contre leur leurs mais ont été sans entre vers chez comme pas se ne"""
SMALL_WORDS = {"en": set(ENGLISH.split()), "fr": set(FRENCH.split())}


def direction_of(text: str) -> str:
    """“rtl” or “ltr”, by the greater part of the letters; a line without letters runs from left to right."""
    letters = [letter for letter in text if unicodedata.category(letter).startswith("L")]
    leftward = sum(1 for letter in letters if RIGHT_TO_LEFT.match(letter))
    return "rtl" if leftward * 2 > len(letters) else "ltr"


def language_of(text: str, declared: str = "") -> str:
    """A code of two letters such as ar, en, fr; the declared one where the words leave it open, else empty."""
    declared = declared.replace("_", "-").split("-")[0].strip().lower()
    declared = declared if re.fullmatch(r"[a-z]{2,3}", declared) else ""
    if direction_of(text) == "rtl":
        return _of_arabic_script(text, declared)
    if any(ord(letter) > 0x24F and letter.isalpha() for letter in text):
        return declared  # neither Latin nor Arabic letters
    words = [word.lower() for word in WORD.findall(text)]
    counted = {code: sum(1 for word in words if word in small) for code, small in SMALL_WORDS.items()}
    counted["fr"] += len(FRENCH_LETTER.findall(text))
    best, other = sorted(counted, key=lambda code: counted[code], reverse=True)
    is_clear = counted[best] >= 2 and counted[best] > counted[other] + (declared not in {"", best})
    return best if is_clear and declared in {"", "ar", *counted} else declared


def _of_arabic_script(text: str, declared: str) -> str:
    letters = set(text)
    if letters & URDU:
        return "ur"
    if letters & PERSIAN:
        return declared if declared in {"fa", "ku", "ps", "ug"} else "fa"
    return "ar" if ARABIC_LETTER.search(text) else declared
