from celery import shared_task

from imap.journal.writer import ship


@shared_task(nobody_waits="The scheduler sends it again.")
def ship_journal() -> None:
    """What tasks and commands ended or narrowed, and what a request could not ship itself."""
    ship()
