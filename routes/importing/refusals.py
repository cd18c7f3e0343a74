"""Why a file, or a row of one, is not taken. Kept as a code, so that each reader has it in their language."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

OF_FILES: dict[str, str | Promise] = {
    "too_large": _("The file is larger than %(megabytes)s megabytes. Split it, or leave out what is not needed."),
    "unknown_format": _("The file is none of these: GeoJSON, GeoPackage, KML, GPX, zipped Shapefile."),
    "not_readable": _("The file cannot be read: it is damaged, or not what its name says."),
    "not_a_zip": _("The file is called zip, but is none."),
    "zip_too_large": _("Unpacked, the file would be larger than %(megabytes)s megabytes. Nothing was unpacked."),
    "zip_leads_outside": _("The zip names a file outside itself (%(name)s). Nothing was unpacked."),
    "zip_without_shapefile": _("The zip must hold one Shapefile: .shp, .shx and .dbf, with its .prj and .cpg."),
    "no_crs": _("The file does not say in which coordinate reference system it is. A Shapefile says so in its .prj."),
    "wrong_crs": _(
        "The coordinates are no degrees on the map of the Dialogue: the coordinate reference system that the file names "
        "is another one than that of its coordinates."
    ),
    "swapped": _("Longitude and latitude are swapped: longitude comes first."),
    "has_heights": _("The file has heights (3D). Save it without them: the map knows none."),
    "empty": _("There is nothing in the file."),
    "mixed_types": _("Each row must be one point or one line; the file has: %(types)s."),
    "encoding": _(
        "The letters of the attributes cannot be read: they are not in UTF-8. Save the file in UTF-8, or add the .cpg that "
        "names their encoding, such as windows-1256."
    ),
    "too_many": _("The file has more than %(rows)s rows or %(points)s points."),
}
OF_ROWS: dict[str, str | Promise] = {
    "crosses_itself": _("The line crosses itself."),
    "no_length": _("The line has no length."),
    "no_route": _("It does not say of which route it is."),
    "unknown_route": _("There is no route “%(text)s”."),
    "unknown_place": _("There is no place “%(text)s”."),
    "unknown_stop": _("There is no stop “%(text)s” in this Dialogue."),
    "no_stop_near": _("It does not say where it starts or ends, and no stop lies within %(km)s km of its end."),
    "several": _("Several stops or segments may be meant: give its number."),
    "unknown_mode": _("Its mode is not land, sea or air."),
    "unknown_confidence": _("Its confidence is not documented, indicative or presumed."),
    "unknown_kind": _("Its kind is not hub, town, port, crossing or landing."),
    "wrong_date": _("“%(text)s” is not a date such as 2013, 2013-Q2, 2013-06 or 2013-06-18."),
    "unknown_layer": _("There is no layer “%(text)s” in this Dialogue."),
    "other_layer": _("It is in another layer here. A layer says who may see it, so it is changed by hand."),
    "far": _("It lies %(km)s km from where it should be."),
    "swapped": OF_FILES["swapped"],
    "twice": _("It is in the file twice."),
    "nowhere": _("It leads from a stop to the same stop."),
    "outside": _("It has a position outside of the map."),
}
MESSAGES = OF_FILES | OF_ROWS


class Refused(Exception):
    """A file is not taken. `code`: of MESSAGES."""

    def __init__(self, code: str, **values: str | int) -> None:
        super().__init__(code)
        self.code, self.values = code, values

    def as_json(self) -> dict:
        return {"code": self.code, "values": self.values}


def said(refusal: Mapping) -> str:
    """The sentence, in the active language."""
    return str(MESSAGES[refusal["code"]]) % refusal["values"]
