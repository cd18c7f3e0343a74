"""Permissions of a secretariat's editors in the admin: they may change the data of their own dialogue."""

from django.contrib.auth.models import Group, Permission

EDITORS = "Editors of a secretariat"
CHANGE = {
    "profiles": ("profile", "draft", "section"),
    "indicators": ("observation", "source"),
    "routes": (
        "layer",
        "stop",
        "stopdrawing",
        "segment",
        "segmentdrawing",
        "reason",
        "mapedition",
        "story",
        "storystep",
        "geodataimport",
        "embed",
    ),
    "newscentre": (
        "publisher",
        "feed",
        "fetching",
        "article",
        "meeting",
        "meetingdocument",
        "participantlist",
        "review",
        "reviewitem",
        "publication",
        "publicationfile",
        "publicationsection",
        "project",
        "link",
    ),
    "accounts": ("readinggroup", "submission", "engagement", "partnerpolicy", "approvedaddress"),
}
VIEW = {
    "atlas": ("dialogue", "theme", "subject", "partner", "membership", "coverage", "outlinesection", "boundaryrule"),
    "accounts": ("affiliation", "mandateevent", "logentry", "useofquarter", "widening", "policywidening"),
    "indicators": ("indicator", "topic", "statedefinition"),
    "profiles": ("edition", "tag"),
    "newscentre": ("category", "outsideaddress"),
}


def editors() -> Group:
    """The group of editors with exactly the permissions named here; created if missing."""
    group, _ = Group.objects.get_or_create(name=EDITORS)
    wanted = {
        f"{action}_{model}"
        for table, actions in ((CHANGE, ("add", "change", "view")), (VIEW, ("view",)))
        for models in table.values()
        for model in models
        for action in actions
    }
    group.permissions.set(Permission.objects.filter(content_type__app_label__in={*CHANGE, *VIEW}, codename__in=wanted))
    return group
