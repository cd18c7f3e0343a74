"""ISO 3166 codes: from the numeric codes of the shapes to the three letters that the portal uses."""

from babel.core import get_global

RETIRED = {"ANT", "BUR", "FXX", "SCG", "SUN", "TMP", "YUG", "ZAR"}


def iso3_by_numeric() -> dict[str, str]:
    """{"504": "MAR", …}, out of the code tables that Babel carries (CLDR territory aliases)."""
    aliases = {code: regions[0] for code, regions in get_global("territory_aliases").items() if len(regions) == 1}
    letters = {
        region: code for code, region in aliases.items() if len(code) == 3 and code.isalpha() and code not in RETIRED
    }
    return {code: letters[region] for code, region in aliases.items() if code.isdigit() and region in letters}
