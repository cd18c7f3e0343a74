"""Why a file or a row of it is not imported. Stored as a code, so that each reader gets it in their language."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from routes.importing.rows import ImportRefused

__all__ = ["MESSAGES", "OF_FILES", "OF_NOTES", "OF_ROWS", "ImportRefused", "message_of"]

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
    "unknown_crs": _(
        "The file names its coordinate reference system by a link, or in words that are not known here. Save it in WGS 84 "
        "(EPSG:4326), or name the system by its EPSG number."
    ),
    "without_place": _("A row has no place: each must be one point or one line."),
    "half_letters": _(
        "The text of “%(column)s” is broken: it holds half of a letter. Write it anew and save the file."
    ),
    "nested": _(
        "The property “%(column)s” is a list of lists, or too long a list. Only a list of a few texts or numbers is joined."
    ),
    "too_long": _("A text of “%(column)s” is longer than %(most)s characters."),
    "too_many_columns": _("The rows of the file have more than %(most)s different columns."),
    "name_twice": _("An object of the file says “%(name)s” twice. Leave one of them."),
    "long_column": _("The name of a column is longer than %(most)s characters."),
    "zip_part_twice": _("The zip holds a part of the Shapefile twice: %(name)s."),
    "too_hard": _(
        "Reading the file takes more time or memory than a file may take. Split it, or leave out what is not needed."
    ),
    "went_wrong": _(
        "Something went wrong here while the file was read, and was noted for those who run the portal. Bring it in "
        "again; if that fails too, save it in another format."
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
OF_NOTES: dict[str, str | Promise] = {
    "left_out": _("Left out, as it is no part of the Shapefile: %(names)s."),
    "same_columns": _(
        "The columns %(columns)s differ in capital letters alone and say different things: %(read)s was read."
    ),
    "taking_went_wrong": _(
        "Something went wrong here while the rows were taken, and was noted for those who run the portal. Nothing was "
        "changed. You may try again."
    ),
}
MESSAGES = OF_FILES | OF_ROWS | OF_NOTES


def message_of(refusal: Mapping) -> str:
    """The sentence, in the active language."""
    return str(MESSAGES[refusal["code"]]) % refusal["values"]
