from celery import shared_task

from imap.journal.shipping import ship


@shared_task
def ship_journal() -> None:
    """What tasks and commands ended or narrowed, and what a request could not ship itself."""
    ship()
