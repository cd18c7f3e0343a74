"""Subsets IBM Plex Sans to the characters that the portal writes, so that it is small on a slow line."""

from importlib.resources import files
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

from imap.fonts.arabic import make_searchable

LATIN = "U+0020-007E,U+00A0-017F,U+0218-021B,U+02BC,U+2010-2015,U+2018-201E,U+2020-2022,U+2026,U+202F,U+2030,U+2032,U+2039-203A,U+20AC,U+2190-2193,U+2212"
ARABIC = "U+0020,U+00AB,U+00BB,U+060C,U+061B,U+061F,U+0621-063A,U+0640-0652,U+0660-066A,U+066D,U+067E,U+0686,U+0698,U+06A9,U+06AF,U+06CC,U+200C-200F"
FACES = {  # file → package, weight, letters
    "plex-400.woff2": ("fontpkg_ibm_plex_sans", 400, LATIN),
    "plex-600.woff2": ("fontpkg_ibm_plex_sans", 600, LATIN),
    "plex-arabic-400.woff2": ("fontpkg_ibm_plex_sans_arabic", 400, ARABIC),
    "plex-arabic-600.woff2": ("fontpkg_ibm_plex_sans_arabic", 600, ARABIC),
}
ARABIC_PACKAGE = "fontpkg_ibm_plex_sans_arabic"
PRINT_FACES = {  # file → package, weight
    "plex-400.ttf": ("fontpkg_ibm_plex_sans", 400),
    "plex-600.ttf": ("fontpkg_ibm_plex_sans", 600),
    "plex-arabic-400-searchable.ttf": (ARABIC_PACKAGE, 400),
    "plex-arabic-600-searchable.ttf": (ARABIC_PACKAGE, 600),
}
STYLES = {400: "Regular", 600: "SemiBold"}


def make_fonts(folder: Path) -> int:
    """Writes the faces that are not there yet as woff2; returns how many."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [name for name in FACES if not (folder / name).exists()]
    for name in missing:
        _cut(folder / name, *FACES[name])
    return len(missing)


def _cut(target: Path, package: str, weight: int, letters: str) -> None:
    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features += ["tnum"]  # figures in columns
    options.hinting = False
    options.drop_tables += ["meta"]
    font = _face(package, weight)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=subset.parse_unicodes(letters.replace("U+", "")))
    cutter.subset(font)
    if "fvar" in font:  # after the cut, so that few letters need to be drawn anew
        instantiateVariableFont(font, {"wght": weight, "wdth": 100}, inplace=True)
    unfinished = target.with_suffix(".unfinished")
    subset.save_font(font, str(unfinished), options)
    unfinished.replace(target)


def make_print_fonts(folder: Path) -> int:
    """Writes the faces that a typesetter wants as whole files; returns how many were missing.

    Raises KeyError when the Arabic face has no ligatures of the names that `imap.fonts.arabic` looks for.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made = 0
    for name, (package, weight) in PRINT_FACES.items():
        if (folder / name).exists():
            continue
        font = _face(package, weight)
        if "fvar" in font:
            instantiateVariableFont(font, {"wght": weight, "wdth": 100}, inplace=True, updateFontNames=True)
        if package == ARABIC_PACKAGE:
            make_searchable(font)
        unfinished = (folder / name).with_suffix(".unfinished")
        font.save(unfinished)
        unfinished.replace(folder / name)
        made += 1
    return made


def _face(package: str, weight: int) -> TTFont:
    """The face of a weight: a file of its own, or the package's variable font."""
    faces = sorted(path for path in Path(str(files(package))).rglob("*.ttf") if "Italic" not in path.stem)
    for path in faces:
        if path.stem.endswith(f"-{STYLES[weight]}"):
            return TTFont(path)
    for path in faces:
        font = TTFont(path)
        if "fvar" in font:
            return font
    raise FileNotFoundError(f"{package} has no face of weight {weight}.")
