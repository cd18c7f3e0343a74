"""A dialogue that hardly anybody may know of, with a canary in each thing that it alone names."""

from access.presets import Preset
from access.viewer import Viewer
from access.viewing import viewing
from accounts.models import SecretariatMember, User
from atlas.models import (
    Coverage,
    Dialogue,
    DialogueTheme,
    Membership,
    OutlineSection,
    Partner,
    Subject,
    SubjectKind,
    Theme,
)
from newscentre.models import Link, Meeting, Publication

HIDDEN = "dialogue-being-prepared"
THEME, HEADING = "theme-being-prepared", "heading-being-prepared"
COUNTRY = "chad"  # covered by it, and a member of it
READERS = "partner:league-of-arab-states"
LANGUAGES = ("en", "fr", "ar")
# Kinds of canaries.
KINDS = {"dialogue", "theme", "heading", "coverage", "covered", "member", "deskmeeting", "desklink", "deskbook"}


def plant_hidden_dialogue(canary, desk: User) -> None:
    """Its readers are one partner's people. What it publishes says that everyone may read it: the dialogue decides."""

    def in_three(kind: str, *names: str) -> dict[str, str]:
        return {f"{name}_{code}": canary(Preset.SECRETARIAT, kind) for name in names for code in LANGUAGES}

    SecretariatMember.objects.create(user=desk, dialogue=_made(in_three))
    country = Subject.objects.get(kind=SubjectKind.COUNTRY, slug=COUNTRY)
    hub = Subject.objects.create(
        kind=SubjectKind.HUB, slug="hub-being-prepared", country=country, **in_three("covered", "name")
    )
    member = Partner.objects.create(slug="member-being-prepared", kind="organisation", **in_three("member", "name"))
    theme = Theme.objects.create(slug=THEME, **in_three("theme", "name"))
    with viewing(Viewer.secretariat_of(HIDDEN)):
        DialogueTheme.objects.create(dialogue_id=HIDDEN, theme=theme)
        OutlineSection.objects.create(
            dialogue_id=HIDDEN, theme=theme, slug=HEADING, position=1, **in_three("heading", "title", "guidance")
        )
        for subject in (country, hub):
            Coverage.objects.create(dialogue_id=HIDDEN, subject=subject, remark=canary(Preset.SECRETARIAT, "coverage"))
        Membership.objects.create(dialogue_id=HIDDEN, partner=member, role="partner", joined=2011)
        Membership.objects.create(dialogue_id=HIDDEN, partner=country.partner, role="partner", joined=2011)
        said = {"dialogue_id": HIDDEN, "audience": ["public"]}
        Meeting.objects.create(
            slug="meeting-being-prepared", starts="1985-03-20", **said, **in_three("deskmeeting", "name", "about")
        )
        address = f"https://{canary(Preset.SECRETARIAT, 'desklink')}.example/"
        Link.objects.create(
            slug="link-being-prepared", category="forum", address=address, **said, **in_three("desklink", "name")
        )
        title = canary(Preset.SECRETARIAT, "deskbook")
        Publication.objects.create(slug="book-being-prepared", title=title, year=2012, **said)


def _made(in_three) -> Dialogue:
    names = ("short_name", "name", "strapline", "about", "naming", "disclaimer", "licence", "secretariat")
    with viewing(Viewer.secretariat_of(HIDDEN)):
        return Dialogue.objects.create(
            slug=HIDDEN, languages=["en"], started=2012, audience=[READERS], position=9, **in_three("dialogue", *names)
        )
