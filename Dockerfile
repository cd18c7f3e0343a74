# The one image of the portal: web, worker, beat and migrate differ by their command (docker-compose.yml).

FROM python:3.11-slim-bookworm AS packages
RUN python -m venv /srv/venv
COPY requirements.txt /tmp/
RUN /srv/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /tmp/requirements.txt


FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin imap
ENV PATH=/srv/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    IMAP_VAR=/srv/imap/var
WORKDIR /srv/imap
COPY --from=packages /srv/venv /srv/venv
COPY . .

# Everything here belongs to root and is only read at run time, except the folders of uploaded files and of the journal (volumes).
# The secret is made for this one line and is not kept; production takes its own from the environment.
RUN SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(64))')" IMAP_MODE=test \
    python manage.py prepare_static \
    && test ! -e var/secret_key \
    && install --directory --owner imap --group imap var/files var/journal

USER imap
ENV IMAP_MODE=production
EXPOSE 8000
