"""Who belongs to a dialogue: members of its secretariat, people engaged for it, and people of its partners.

`imap_standing` in the database is the one place of that rule; groups and named readers count only with it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access import tokens
from access.viewer import Viewer
from access.visibility import RestrictedModel
from accounts.models import Affiliation, Engagement, ReadingGroup, User
from atlas.models import Dialogue

MOST_NAMED = 20  # rows of one kind that a page lists


@dataclass(frozen=True)
class DialogueMembership:
    """A reason why a person belongs to a dialogue. `kind`: seat, engagement or affiliation; `ground`: the row's key."""

    dialogue: str
    kind: str
    ground: int


def memberships_of(person: User) -> list[DialogueMembership]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT dialogue_id, kind, ground FROM imap_standing(%s) ORDER BY 1, 2, 3", [person.pk])
        return [DialogueMembership(*row) for row in cursor.fetchall()]


def members_without_standing(group: ReadingGroup) -> list[User]:
    """Members of the group who read nothing by it, since they do not belong to its dialogue."""
    query = """
        SELECT m.user_id FROM accounts_readinggroup_members m
        WHERE m.readinggroup_id = %s
          AND NOT EXISTS (SELECT 1 FROM imap_standing(m.user_id) s WHERE s.dialogue_id = %s)
    """
    with connection.cursor() as cursor:
        cursor.execute(query, [group.pk, group.dialogue_id])
        found = [user for (user,) in cursor.fetchall()]
    return list(User.objects.filter(pk__in=found).order_by("email"))


def lost_with(ended: Affiliation | Engagement, dialogues: Iterable[str] | None = None) -> list[str]:
    """Slugs of the dialogues in which the person stands by nothing else; `dialogues`: those for which it is ended.

    A mandate that is ended for all the dialogues it is for gives no standing anywhere any more.
    """
    kind = "affiliation" if isinstance(ended, Affiliation) else "engagement"
    if isinstance(ended, Affiliation) and dialogues is not None:
        nominated_for = set(ended.scopes.values_list("dialogue_id", flat=True))
        dialogues = None if nominated_for <= set(dialogues) else nominated_for & set(dialogues)
    found = memberships_of(ended.user)
    by_it = {one.dialogue for one in found if (one.kind, one.ground) == (kind, ended.pk)}
    by_others = {one.dialogue for one in found if (one.kind, one.ground) != (kind, ended.pk)}
    return sorted((by_it if dialogues is None else by_it & set(dialogues)) - by_others)


def what_ends_with(
    ended: Affiliation | Engagement, viewer: Viewer, dialogues: Iterable[str] | None = None
) -> list[str]:
    """Sentences, in the reader's language, about the groups and the named audiences that end with it.

    Groups of a dialogue are named to its secretariat and to their own members; to others they are counted.
    """
    lost = Dialogue.objects.visible_to(viewer).filter(pk__in=lost_with(ended, dialogues))
    return [sentence for dialogue in lost for sentence in _ending_in(dialogue, ended.user, viewer)]


def _ending_in(dialogue: Dialogue, person: User, viewer: Viewer) -> list[str]:
    is_desk = viewer.is_secretariat_of(dialogue.pk)
    groups = [group for group in person.reading_groups.filter(dialogue=dialogue) if group.is_open]
    named = [group for group in groups if is_desk or viewer.may_read([tokens.group(group.pk)])]
    words = {"dialogue": dialogue.short_name}
    sentences = [
        _("Reading with the group “%(group)s” (%(dialogue)s) ends too.") % {**words, "group": group.name}
        for group in named
    ]
    if number := len(groups) - len(named):
        sentence = ngettext(
            "Reading with %(number)d named group of %(dialogue)s ends too.",
            "Reading with %(number)d named groups of %(dialogue)s ends too.",
            number,
        )
        sentences.append(sentence % {**words, "number": number})
    if not is_desk:
        return [*sentences, _("What %(dialogue)s shares with this person by name ends too.") % words]
    return sentences + [
        _("Shared with this person by name, and read no more: %(name)s (%(dialogue)s).") % {**words, "name": name}
        for name in _named_to(person, dialogue.pk, viewer)
    ]


def _named_to(person: User, dialogue: str, viewer: Viewer) -> list[str]:
    """Rows of the dialogue, of every kind, that name the person as a reader."""
    token = tokens.person(dialogue, person.pk)
    found: list[str] = []
    for model in apps.get_models():
        if issubclass(model, RestrictedModel) and any(field.name == "audience" for field in model._meta.fields):
            rows = model.objects.visible_to(viewer).filter(audience__contains=[token])
            found += [f"{model._meta.verbose_name}: {row}" for row in rows[:MOST_NAMED]]
    return found
