"""The badge beside whatever not every reader of a page may see; the same on all pages.

Whoever sees more than others do is told so where they see it. `page_readers`, of the page's context, says who reads the
page; each thing on it says who reads that.
"""

from collections.abc import Iterable

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy

from access import tokens
from access.presets import Preset
from access.viewer import is_narrower
from accounts.audiences.presets import preset_of
from atlas.wording import direction

EVERYONE = (tokens.PUBLIC,)
# Of style sheets.
CLASSES = {Preset.PUBLIC: "public", Preset.NOMINATED: "nominated", Preset.THEME: "dialogue"}
CLASSES |= {Preset.PARTNERS: "partners", Preset.GROUP: "partners", Preset.SECRETARIAT: "secretariat"}
NARROWER = gettext_lazy("Not for every reader of this page")


def access_badge(
    audience: Iterable[str], page_readers: Iterable[str] = EVERYONE, *, is_in_text: bool = False
) -> SafeString:
    """With a space before it; empty where everybody who reads the page reads this too.

    `is_in_text`: the words round it may be of another language than the page.
    """
    audience = list(audience)
    if not is_narrower(audience, page_readers):
        return SafeString("")
    own = SafeString("")
    if is_in_text:
        language = get_language() or "en"
        own = format_html(' lang="{}" dir="{}"', language, direction(language))
    return format_html(' <span class="tier narrower {}"{}>{}</span>', CLASSES[preset_of(audience)], own, NARROWER)
