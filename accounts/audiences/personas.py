"""Viewing as: a secretariat sees its dialogue as somebody else would. The persona is kept in the session."""

from dataclasses import asdict, dataclass

from django.db import connection
from django.http import HttpRequest
from django.utils.translation import gettext as _

from access import tokens
from access.viewer import Viewer
from access.viewing import viewing
from accounts.models import ReadingGroup
from atlas.models import Dialogue, Partner, Theme
from atlas.sorting import in_reading_order

KEPT_AS = "viewing_as"


@dataclass(frozen=True)
class Persona:
    """`whom`: `public`, the token of a partner for a typical person of it, or the token of a group for a member.

    `themes`: what a person of a partner would be nominated for. `is_granted`: as if the Secretariat had granted the
    reading of them to an observer, a donor or the Commission.
    """

    dialogue: str
    whom: str
    themes: tuple[str, ...] = ()
    is_granted: bool = False

    @property
    def kind(self) -> str:
        return self.whom.partition(":")[0]

    @property
    def name(self) -> str:
        return self.whom.partition(":")[2]

    @property
    def in_the_log(self) -> str:
        return " ".join([self.whom, *self.themes, *(["granted"] if self.is_granted else [])])

    def seen_by(self, own: Viewer) -> Viewer:
        """The viewer that the persona is, within what `own` may read as secretariat of the dialogue."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT imap_tokens_of_persona(%s, %s, %s, %s::text[], %s)",
                [
                    self.name if self.kind == "partner" else None,
                    self.name if self.kind == "group" else None,
                    self.dialogue,
                    list(self.themes),
                    self.is_granted,
                ],
            )
            return own.viewing_as(cursor.fetchone()[0], self.dialogue)

    def _name_of_dialogue(self) -> str:
        """Read with the secretariat's own rights, also while it views as someone who may not know the dialogue."""
        if known := Dialogue.objects.filter(pk=self.dialogue).first():
            return known.short_name
        with viewing(Viewer.secretariat_of(self.dialogue)):
            return Dialogue.objects.get(pk=self.dialogue).short_name

    def as_sentence(self) -> str:
        """As whom the dialogue is viewed, in the reader's language."""
        words = {"dialogue": self._name_of_dialogue()}
        if self.whom == tokens.PUBLIC:
            return _("You see %(dialogue)s as the public does.") % words
        if self.kind == "group":
            words["group"] = _name(ReadingGroup.objects.filter(pk=self.name).first()) or self.name
            return _("You see %(dialogue)s as a member of “%(group)s” does.") % words
        words["partner"] = _name(Partner.objects.select_related("subject").filter(pk=self.name).first()) or self.name
        themes = in_reading_order([theme.name for theme in Theme.objects.filter(pk__in=self.themes)])
        if not themes:
            return (
                _("You see %(dialogue)s as someone of %(partner)s does who is nominated for none of its themes.")
                % words
            )
        words["themes"] = _(", ").join(themes)
        return _("You see %(dialogue)s as someone nominated by %(partner)s does. Themes: %(themes)s.") % words


def _name(row: ReadingGroup | Partner | None) -> str:
    """Empty when the row was removed since the persona was chosen."""
    return str(row) if row else ""


def current_persona(request: HttpRequest, own: Viewer) -> Persona | None:
    """The session's persona, or None once `own` is no longer the secretariat of the dialogue."""
    kept = request.session.get(KEPT_AS)
    if kept is None:
        return None
    persona = Persona(**kept | {"themes": tuple(kept["themes"])})
    if own.is_secretariat_of(persona.dialogue):
        return persona
    stop_viewing_as(request)
    return None


def start_viewing_as(request: HttpRequest, persona: Persona) -> None:
    request.session[KEPT_AS] = asdict(persona)


def stop_viewing_as(request: HttpRequest) -> None:
    request.session.pop(KEPT_AS, None)
