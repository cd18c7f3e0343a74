"""A zipped Shapefile: its parts belong together by their stem, and its letters are read in the code page that it names."""

import codecs
import re
import zipfile
from pathlib import Path, PurePosixPath

from routes.importing.rows import LARGEST_UNPACKED_MB, MEGABYTE, MOST_STRANGERS, ImportRefused
from untrusted.characters import clean_line

SHAPEFILE = b"\x00\x00\x27\x0a"
PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
# Of a Shapefile too, but of no use here: indexes and descriptions.
SIDES = (".sbn", ".sbx", ".qix", ".qpj", ".qmd", ".cst", ".idx", ".ain", ".aih", ".atx", ".ixs", ".mxs", ".xml", ".lyr")
MOST_PARTS = 2000
ENCRYPTED = 0x1


def unpacked(path: Path, folder: Path) -> tuple[str, list[dict]]:
    """Writes the parts as `rows.*` into the folder. The code page of the table, and notes. Raises Refused."""
    if not zipfile.is_zipfile(path):
        raise ImportRefused("not_a_zip")
    try:
        with zipfile.ZipFile(path) as packed:
            parts, strangers = _parts(packed)
            for suffix, info in parts.items():
                _unpack(packed, info, folder / f"rows{suffix}")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError):
        raise ImportRefused("not_readable") from None
    if not (folder / "rows.shp").read_bytes().startswith(SHAPEFILE):
        raise ImportRefused("not_readable")
    if ".prj" not in parts:
        raise ImportRefused("no_crs")
    named = (folder / "rows.cpg").read_bytes() if ".cpg" in parts else b""
    (folder / "rows.cpg").unlink(missing_ok=True)  # the code page is said to GDAL by us
    notes = [ImportRefused("left_out", names=", ".join(strangers)).as_json()] if strangers else []
    return code_page(named, (folder / "rows.dbf").read_bytes()), notes


def _parts(packed: zipfile.ZipFile) -> tuple[dict[str, zipfile.ZipInfo], list[str]]:
    """The parts of its one Shapefile by their endings, and the names of what does not belong to it."""
    infos = [info for info in packed.infolist() if not info.is_dir()]
    if len(infos) > MOST_PARTS:
        raise ImportRefused("not_readable")
    for info in infos:
        way = PurePosixPath(info.filename.replace("\\", "/"))
        if way.is_absolute() or ".." in way.parts or re.match(r"[A-Za-z]:", info.filename):
            raise ImportRefused("zip_leads_outside", name=clean_line(info.filename)[:80])
    if sum(info.file_size for info in infos) > LARGEST_UNPACKED_MB * MEGABYTE:
        raise ImportRefused("zip_too_large", megabytes=LARGEST_UNPACKED_MB)
    own = [info for info in infos if not _is_of_a_mac(info)]
    shapes = [info for info in own if _way(info).suffix == ".shp"]
    if len(shapes) != 1:
        raise ImportRefused("zip_without_shapefile")
    stem = _way(shapes[0]).with_suffix("")
    parts: dict[str, zipfile.ZipInfo] = {}
    for suffix in PARTS:
        found = [info for info in own if _way(info) == stem.with_name(stem.name + suffix)]
        if len(found) > 1:
            raise ImportRefused("zip_part_twice", name=clean_line(found[0].filename)[:80])
        if found:
            parts[suffix] = found[0]
    if not {".shp", ".shx", ".dbf"} <= set(parts):
        raise ImportRefused("zip_without_shapefile")
    return parts, _strangers(infos, set(map(id, parts.values())), stem)


def _way(info: zipfile.ZipInfo) -> PurePosixPath:
    return PurePosixPath(info.filename.replace("\\", "/").lower())


def _is_of_a_mac(info: zipfile.ZipInfo) -> bool:
    """What a Mac packs beside each file (AppleDouble): of the same name, but not the file."""
    way = _way(info)
    return way.parts[0] == "__macosx" or way.name.startswith("._") or way.name == ".ds_store"


def _strangers(infos: list[zipfile.ZipInfo], taken: set[int], stem: PurePosixPath) -> list[str]:
    sides = {stem.with_name(stem.name + side) for side in SIDES} | {stem.with_name(stem.name + ".shp.xml")}
    names = [clean_line(info.filename)[:80] for info in infos if id(info) not in taken and _way(info) not in sides]
    return [*names[:MOST_STRANGERS], "…"] if len(names) > MOST_STRANGERS else names


def _unpack(packed: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path) -> None:
    """No further than its directory said: a header may lie."""
    if info.flag_bits & ENCRYPTED:
        raise ImportRefused("not_readable")
    with packed.open(info) as source, target.open("wb") as written:
        rest = info.file_size
        while chunk := source.read(min(MEGABYTE, rest + 1)):
            rest -= len(chunk)
            if rest < 0:
                raise ImportRefused("zip_too_large", megabytes=LARGEST_UNPACKED_MB)
            written.write(chunk)


# Code pages.

# As programs write them into a .cpg, in small letters without spaces, hyphens and underscores, beside numbers of Windows.
NAMED = {
    "utf8": "utf-8", "unicode": "utf-8", "cp65001": "utf-8", "65001": "utf-8", "ansi65001": "utf-8",
    "latin1": "iso8859-1", "iso88591": "iso8859-1", "88591": "iso8859-1", "88596": "iso8859-6", "885915": "iso8859-15",
    "ascii": "ascii", "usascii": "ascii", "macarabic": "mac_arabic", "asmo708": "iso8859-6", "asmo": "iso8859-6",
    "10004": "mac_arabic", "28591": "iso8859-1", "28596": "iso8859-6", "20127": "ascii", "708": "iso8859-6",
}  # fmt: skip
# What a .cpg may say without naming one: of the machine that wrote it.
SAYS_NOTHING = {"", "oem", "ansi", "system", "default", "unknown", "none"}
# The byte at 29 of a dBASE table, where it names more than "of this machine".
OF_HEADS = {
    b"\x7e": "cp1256",
    b"\x7d": "cp1255",
    b"\xc8": "cp1250",
    b"\xc9": "cp1251",
    b"\xca": "cp1254",
    b"\xcb": "cp1253",
}
ARABIC = "[\u0621-\u064a\u067e\u0686\u0698\u06a9\u06af\u06cc]"
# No word has both: letters of another alphabet look so in windows-1256.
BOTH = re.compile(f"{ARABIC}[à-ÿœ]|[à-ÿœ]{ARABIC}")
WESTERN = set("àâäáãåæçéèêëíìîïñóòôöõœúùûüÿßÀÂÄÁÃÅÆÇÉÈÊËÍÌÎÏÑÓÒÔÖÕŒÚÙÛÜ’‘“”«»–—…·°€\u00a0ªº¡¿")
SINGLE = re.compile(
    r"cp\d{3,4}|iso8859[-_]\d{1,2}|mac[-_]\w+|koi8[-_]\w|utf[-_]8|ascii"
)  # all that a dBASE table may be in


def code_page(named: bytes, table: bytes) -> str:
    """The name of the codec. `named`: the .cpg; `table`: the .dbf. Where nothing is named, the letters decide."""
    word = named.decode("ascii", errors="replace").strip("\x00\ufeff \r\n\t").lower()
    word = re.sub(r"[\s_.:-]", "", word.removeprefix("\ufffd\ufffd\ufffd"))
    found = _codec(word) if word not in SAYS_NOTHING else None
    letters = table[int.from_bytes(table[8:10], "little") :]
    if found is None:
        return _plausible(table, letters)
    try:
        letters.decode(found)
    except (UnicodeDecodeError, ValueError):
        raise ImportRefused("encoding") from None
    return found


def _codec(word: str) -> str | None:
    """windows-1256, ANSI 1256, CP1256, 1256 are one. None for a name that nobody knows."""
    plain = re.sub(r"^(?:ansi|windows|cp|ms|oem|ibm|codepage|iso(?=8859\d))+(?=\d)", "", word)
    for name in (NAMED.get(word), NAMED.get(plain), f"cp{plain}" if plain.isdecimal() else None, _iso(plain), word):
        try:
            known = codecs.lookup(name).name if name else ""
        except (LookupError, ValueError):
            continue
        if SINGLE.fullmatch(known):
            return known
    return None


def _iso(plain: str) -> str | None:
    """8859-6 once its hyphens are gone."""
    return f"iso8859-{plain[4:]}" if re.fullmatch(r"8859\d{1,2}", plain) else None


def _plausible(table: bytes, letters: bytes) -> str:
    """UTF-8 where that is what it is, else what the table's head says, else as its letters look; else refused."""
    for found in ("ascii", "utf-8", OF_HEADS.get(table[29:30], "ascii")):
        if _decoded(letters, found) is not None:
            return found
    arabic, latin = _decoded(letters, "cp1256"), _decoded(letters, "cp1252")
    if arabic and re.search(f"{ARABIC}{{3}}", arabic) and not BOTH.search(arabic):
        return "cp1256"
    if latin and set(re.findall(r"[^\x00-\x7f]", latin)) <= WESTERN and not re.search("[À-ÿ]{3}", latin):
        return "cp1252"
    raise ImportRefused("encoding")


def _decoded(letters: bytes, codec: str) -> str | None:
    try:
        return letters.decode(codec)
    except UnicodeDecodeError:
        return None
