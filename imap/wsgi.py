"""The WSGI application. It refuses to start when the database role could bypass row-level security (`access.roles`)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "imap.settings")
application = get_wsgi_application()

from imap.startup_checks import refuse_unsafe_start  # noqa: E402  (needs the application registry)

refuse_unsafe_start()
