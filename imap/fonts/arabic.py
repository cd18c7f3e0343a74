"""Makes an Arabic font for print whose text programs can search and copy.

A program that reads a PDF turns the glyphs of an Arabic line round, and with them the letters inside a glyph that stands
for several: «غير», drawn with a ligature of yeh and reh, is found as «غري». IBM Plex Sans Arabic has hundreds of such
ligatures (`rlig`). For print it keeps none but lam-alef, which the script demands, and draws that one with two glyphs:
the lam carries the whole outline, the alef is empty and takes its share of the width, so that each stands for one letter.

A letter with vowel signs becomes one glyph: a sign that is placed above the line is taken for a line of its own. The
letters of such a glyph are put in the order that is read by `atlas.typesetting`.
"""

from collections.abc import Iterator

from fontTools.otlLib.builder import buildCoverage, buildLigatureSubstSubtable, buildSingleSubstSubtable
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables import otTables

LAMS = ("uniFEDF", "uniFEE0")  # initial and medial
ALEFS = ("uniFE8E", "uniFE82", "uniFE84", "uniFE88", "uniFB51", "uni0672.fina", "uni0673.fina")
BASE_GLYPH = 1  # of GDEF's classes
WIDEST_KERN = 60  # thousandths of an em; from about 100 on, programs see a space between two letters of a word
Pair = tuple[str, str]


def make_searchable(font: TTFont) -> None:
    """Changes the face in place. Raises KeyError where it has no required ligatures or none of lam and alef."""
    lookup = _required_ligatures(font)
    ligatures = _lam_alefs(lookup)
    if not ligatures:
        raise KeyError("lam-alef")
    for pair, ligature in ligatures.items():
        _draw_halves(font, pair, ligature)
    _substitute(font, lookup, list(ligatures))
    _compose_marks(font, ligatures)
    _limit_kerning(font)


def _required_ligatures(font: TTFont) -> otTables.Lookup:
    table = font["GSUB"].table
    numbers = {
        number
        for record in table.FeatureList.FeatureRecord
        if record.FeatureTag == "rlig"
        for number in record.Feature.LookupListIndex
    }
    (number,) = numbers or {None}
    if number is None:
        raise KeyError("rlig")
    return table.LookupList.Lookup[number]


def _lam_alefs(lookup: otTables.Lookup) -> dict[Pair, str]:
    """(lam, alef) → the name of the ligature's glyph."""
    return {
        (lam, ligature.Component[0]): ligature.LigGlyph
        for subtable in lookup.SubTable
        for lam in LAMS
        for ligature in subtable.ligatures.get(lam, ())
        if len(ligature.Component) == 1 and ligature.Component[0] in ALEFS
    }


def _halves(pair: Pair) -> Pair:
    lam, alef = pair
    return f"{lam}.{alef}.lam", f"{lam}.{alef}.alef"


def _draw_halves(font: TTFont, pair: Pair, ligature: str) -> None:
    """From the left the empty alef comes first, so the outline of the lam begins before its own place, by its share."""
    width = font["hmtx"][ligature][0]
    share = width // 2
    outline = DecomposingRecordingPen(font.getGlyphSet())
    font.getGlyphSet()[ligature].draw(outline)
    lam, alef = TTGlyphPen(None), TTGlyphPen(None)
    outline.replay(TransformPen(lam, (1, 0, 0, 1, -share, 0)))
    for name, glyph, advance in zip(_halves(pair), (lam.glyph(), alef.glyph()), (width - share, share), strict=True):
        font["glyf"][name] = glyph
        glyph.recalcBounds(font["glyf"])
        font["hmtx"][name] = (advance, getattr(glyph, "xMin", 0))
        font["GDEF"].table.GlyphClassDef.classDefs[name] = BASE_GLYPH
    font.setGlyphOrder(font["glyf"].glyphOrder)


def _substitute(font: TTFont, lookup: otTables.Lookup, pairs: list[Pair]) -> None:
    """Makes the lookup put the halves where lam and alef meet, instead of all that it joined before."""
    order, lookups = font.getReverseGlyphMap(rebuild=True), font["GSUB"].table.LookupList
    lookup.LookupType = 6
    lookup.SubTable = []
    for lam, alef in pairs:
        rule = otTables.ChainContextSubst()
        rule.Format = 3
        rule.BacktrackCoverage, rule.LookAheadCoverage = [], []
        rule.InputCoverage = [buildCoverage({lam}, order), buildCoverage({alef}, order)]
        rule.SubstLookupRecord = []
        for place, (whole, half) in enumerate(zip((lam, alef), _halves((lam, alef)), strict=True)):
            record = otTables.SubstLookupRecord()
            record.SequenceIndex, record.LookupListIndex = place, len(lookups.Lookup)
            rule.SubstLookupRecord.append(record)
            lookups.Lookup.append(_lookup(1, buildSingleSubstSubtable({whole: half}), lookup.LookupFlag))
        lookup.SubTable.append(rule)
    lookup.SubTableCount, lookups.LookupCount = len(lookup.SubTable), len(lookups.Lookup)


def _compose_marks(font: TTFont, ligatures: dict[Pair, str]) -> None:
    """Draws each letter with each vowel sign on it as one glyph, where the face would place the sign above or below.

    A sign that is placed stands off the line, and programs then take it for a line of its own.
    """
    composed: dict[tuple[str, str], str] = {}
    for letter, sign, right, up in _placed_marks(font, ligatures):
        name = f"{letter}.{sign}"
        if (letter, sign) not in composed:
            composed[letter, sign] = name
            _draw_composed(font, name, letter, sign, (right, up))
    table = font["GSUB"].table
    joined = _lookup(4, buildLigatureSubstSubtable(composed), flag=1)  # from right to left
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag == "calt":  # the last to be applied
            record.Feature.LookupListIndex.append(len(table.LookupList.Lookup))
            record.Feature.LookupCount = len(record.Feature.LookupListIndex)
    table.LookupList.Lookup.append(joined)
    table.LookupList.LookupCount = len(table.LookupList.Lookup)
    font.setGlyphOrder(font["glyf"].glyphOrder)


def _draw_composed(font: TTFont, name: str, letter: str, sign: str, offset: tuple[int, int]) -> None:
    pen = TTGlyphPen(font["glyf"])
    pen.addComponent(letter, (1, 0, 0, 1, 0, 0))
    pen.addComponent(sign, (1, 0, 0, 1, *offset))
    glyph = pen.glyph()
    font["glyf"][name] = glyph
    glyph.recalcBounds(font["glyf"])
    font["hmtx"][name] = (font["hmtx"][letter][0], glyph.xMin)
    font["GDEF"].table.GlyphClassDef.classDefs[name] = BASE_GLYPH


def _placed_marks(font: TTFont, ligatures: dict[Pair, str]) -> Iterator[tuple[str, str, int, int]]:
    """(letter, sign, units to the right, units up) for all Arabic letters and the halves of lam-alef."""
    letters, signs = _arabic_letters(font), _vowel_signs(font)
    for lookup in font["GPOS"].table.LookupList.Lookup:
        for subtable in lookup.SubTable:
            if lookup.LookupType == 4:
                bases = zip(subtable.BaseCoverage.glyphs, subtable.BaseArray.BaseRecord, strict=True)
                places = {base: record.BaseAnchor for base, record in bases if base in letters}
            elif lookup.LookupType == 5:
                places = _places_on_halves(font, subtable, ligatures)
            else:
                continue
            for sign, record in zip(subtable.MarkCoverage.glyphs, subtable.MarkArray.MarkRecord, strict=True):
                if sign not in signs:
                    continue
                for letter, anchors in places.items():
                    if (there := anchors[record.Class]) is not None:
                        here = record.MarkAnchor
                        yield letter, sign, there.XCoordinate - here.XCoordinate, there.YCoordinate - here.YCoordinate


def _arabic_letters(font: TTFont) -> set[str]:
    """The glyphs of U+0621 to U+064A and of the letters that Persian adds, in all the forms by which they join."""
    names = font.getBestCmap()
    isolated = {
        names[code] for code in (*range(0x621, 0x64B), 0x67E, 0x686, 0x698, 0x6A9, 0x6AF, 0x6CC) if code in names
    }
    table = font["GSUB"].table
    joining = {
        number
        for record in table.FeatureList.FeatureRecord
        if record.FeatureTag in {"init", "medi", "fina"}
        for number in record.Feature.LookupListIndex
    }
    forms = [subtable.mapping for number in joining for subtable in table.LookupList.Lookup[number].SubTable]
    return isolated | {form[name] for form in forms for name in isolated if name in form}


def _vowel_signs(font: TTFont) -> set[str]:
    """The glyphs of tanwin, the vowels, shadda, sukun and the small alef, and of what shadda makes with one of them."""
    names = font.getBestCmap()
    single = {names[code] for code in (*range(0x64B, 0x653), 0x670)}
    pairs = {
        ligature.LigGlyph
        for lookup in font["GSUB"].table.LookupList.Lookup
        if lookup.LookupType == 4
        for subtable in lookup.SubTable
        for first, ligatures in subtable.ligatures.items()
        for ligature in ligatures
        if {first, *ligature.Component} <= single
    }
    return single | pairs


def _places_on_halves(font: TTFont, old: otTables.MarkLigPos, ligatures: dict[Pair, str]) -> dict[str, list]:
    """Half glyph → its anchors, one for each class of signs, or None."""
    places = {}
    for pair, ligature in ligatures.items():
        if ligature not in old.LigatureCoverage.glyphs:
            continue
        attached = old.LigatureArray.LigatureAttach[old.LigatureCoverage.glyphs.index(ligature)]
        share = font["hmtx"][_halves(pair)[1]][0]
        for half, part, moved in zip(_halves(pair), attached.ComponentRecord, (-share, 0), strict=False):
            places[half] = [_moved(anchor, moved) for anchor in part.LigatureAnchor]
    return places


def _moved(anchor: otTables.Anchor | None, units: int) -> otTables.Anchor | None:
    if anchor is None:
        return None
    moved = otTables.Anchor()
    moved.Format, moved.XCoordinate, moved.YCoordinate = 1, anchor.XCoordinate + units, anchor.YCoordinate
    return moved


def _limit_kerning(font: TTFont) -> None:
    for lookup in font["GPOS"].table.LookupList.Lookup:
        if lookup.LookupType == 2:
            for subtable in lookup.SubTable:
                for value in _kerns(subtable):
                    for name in ("XPlacement", "XAdvance"):
                        if getattr(value, name, 0) > WIDEST_KERN:
                            setattr(value, name, WIDEST_KERN)


def _kerns(subtable: otTables.PairPos) -> list[otTables.ValueRecord]:
    if subtable.Format == 1:
        return [pair.Value1 for pairs in subtable.PairSet for pair in pairs.PairValueRecord if pair.Value1]
    return [pair.Value1 for first in subtable.Class1Record for pair in first.Class2Record if pair.Value1]


def _lookup(kind: int, subtable, flag: int) -> otTables.Lookup:
    lookup = otTables.Lookup()
    lookup.LookupType, lookup.LookupFlag = kind, flag
    lookup.SubTable, lookup.SubTableCount = [subtable], 1
    return lookup
