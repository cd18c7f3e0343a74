"""Converts between presets and audiences, and describes an audience in one sentence."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access import tokens
from access.presets import Preset
from accounts.models import ReadingGroup
from atlas.models import Dialogue, DialogueTheme, Partner, Theme
from atlas.sorting import in_reading_order


def audience_of(
    preset: str, dialogue: str, theme: str, partners: Iterable[str] = (), group: str | None = None
) -> list[str]:
    """The tokens a preset stands for, the dialogue's secretariat always among them. Slugs in, tokens out.

    What has no theme is, by the preset of the theme, for all the themes of the dialogue.
    """
    held = {
        Preset.PUBLIC: [tokens.PUBLIC],
        Preset.NOMINATED: [tokens.NOMINATED],
        Preset.THEME: _of_theme(dialogue, theme) if preset == Preset.THEME else [],
        Preset.PARTNERS: [tokens.partner(slug) for slug in sorted(partners)],
        Preset.GROUP: [tokens.group(group)] if group else [],
        Preset.SECRETARIAT: [],
    }[Preset(preset)]
    return [*held, tokens.secretariat(dialogue)]


def _of_theme(dialogue: str, theme: str) -> list[str]:
    themes = DialogueTheme.objects.filter(dialogue=dialogue).values_list("theme", flat=True)
    return [tokens.dialogue(dialogue, slug) for slug in ([theme] if theme else sorted(themes))]


def preset_of(audience: Iterable[str]) -> Preset:
    """The preset by which an audience was made; the widest token decides."""
    held = set(audience)
    if tokens.PUBLIC in held:
        return Preset.PUBLIC
    if tokens.NOMINATED in held:
        return Preset.NOMINATED
    kinds = {token.partition(":")[0] for token in held}
    for kind, preset in (("dialogue", Preset.THEME), ("partner", Preset.PARTNERS), ("group", Preset.GROUP)):
        if kind in kinds:
            return preset
    return Preset.SECRETARIAT


def names_in(audience: Iterable[str], kind: str) -> list[str]:
    """The names in the tokens of a kind: `partner:morocco` gives `morocco`."""
    return [token.removeprefix(f"{kind}:") for token in audience if token.startswith(f"{kind}:")]


def _name_of(dialogue: str) -> str:
    known = Dialogue.objects.filter(pk=dialogue).first()
    return known.short_name if known else "…"  # whoever asks may not know of it


def who_can_read(audience: list[str]) -> str:
    """A sentence in the reader's language, for the page and for the form that sets an audience.

    Partners and groups of whom the reader may not be told are not named; the sentence says that there are others.
    """
    preset = preset_of(audience)
    if preset is Preset.PUBLIC:
        return _("Open access: everyone can read this.")
    if preset is Preset.NOMINATED:
        return _("Restricted access: every nominated user of any dialogue can read this.")
    if preset is Preset.THEME:
        named = names_in(audience, "dialogue")
        dialogue, _sep, theme = named[0].partition(":")
        if len(named) > 1:
            words = {"dialogue": _name_of(dialogue)}
            return (
                _("Restricted access: the nominated users of %(dialogue)s, whatever their theme, can read this.")
                % words
            )
        return _("Restricted access: the nominated users of %(dialogue)s for “%(theme)s” can read this.") % {
            "dialogue": _name_of(dialogue),
            "theme": Theme.objects.get(pk=theme).name,
        }
    if preset is Preset.PARTNERS:
        return _partners_can_read(names_in(audience, "partner"))
    if preset is Preset.GROUP:
        groups = [group.name for group in ReadingGroup.objects.sayable().filter(pk__in=names_in(audience, "group"))]
        if not groups:
            return _("Restricted access: the members of a named group can read this.")
        return _("Restricted access: the members of “%(group)s” can read this.") % {"group": _(", ").join(groups)}
    return _("Restricted access: the Secretariat alone can read this.")


def _partners_can_read(slugs: list[str]) -> str:
    partners = Partner.objects.sayable().filter(pk__in=slugs).select_related("subject")
    names = in_reading_order([partner.display_name for partner in partners])
    words = {"partners": _(", ").join(names)}
    if not names:
        return _("Restricted access: the nominated users of named partners can read this.")
    if len(names) < len(set(slugs)):
        return _("Restricted access: the nominated users of %(partners)s and of others can read this.") % words
    return (
        ngettext(
            "Restricted access: the nominated users of %(partners)s can read this.",
            "Restricted access: the nominated users of these partners can read this: %(partners)s.",
            len(names),
        )
        % words
    )


def readers_named(audiences: Iterable[Iterable[str]]) -> list[str]:
    """Slugs of partners and groups in these audiences that the reader may be told of. No query if there are none."""
    held = {token for audience in audiences for token in audience}
    named: list[str] = []
    for kind, names in (("partner", Partner.objects), ("group", ReadingGroup.objects)):
        if slugs := names_in(held, kind):
            named += sorted(names.sayable().filter(pk__in=slugs).values_list("pk", flat=True))
    return named
