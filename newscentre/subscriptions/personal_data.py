"""What the news centre holds about a person, for the export of their data."""

from typing import Any

from access.viewer import Viewer
from accounts.models import User
from newscentre.subscriptions.models import Mailing, Watch


def held_of(user: User, viewer: Viewer) -> dict[str, Any]:
    return {
        "searches": list(Watch.objects.visible_to(viewer).filter(owner=user).values("name", "query", "made_at")),
        "mails": list(
            Mailing.objects.filter(recipient=user).order_by("pk").values("occasion", "planned_at", "sent_at")
        ),
    }
