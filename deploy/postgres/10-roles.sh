#!/usr/bin/env bash
# Makes the two roles and the database, once, on an empty PostgreSQL (its image runs what lies in
# /docker-entrypoint-initdb.d). The owner migrates, the application serves; neither can pass the lock.
# The embedded servers do the same in devserver/postgres.py.
set -euo pipefail
: "${IMAP_OWNER_PASSWORD:?}" "${IMAP_APP_PASSWORD:?}"
export IMAP_OWNER_PASSWORD IMAP_APP_PASSWORD

# \getenv: a password given as an argument could be read in the list of processes.
psql --no-psqlrc --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\getenv owner_password IMAP_OWNER_PASSWORD
\getenv app_password IMAP_APP_PASSWORD
SET password_encryption = 'scram-sha-256';
SET log_statement = 'none';
CREATE ROLE imap_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'owner_password';
CREATE ROLE imap_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'app_password';
-- No page is worth more; of the role, so that it holds behind a pooler too.
ALTER ROLE imap_app SET statement_timeout = '60s';
CREATE DATABASE imap OWNER imap_owner;
REVOKE ALL ON DATABASE imap FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE imap TO imap_owner, imap_app;
\connect imap
ALTER SCHEMA public OWNER TO imap_owner;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO imap_app;
SQL
