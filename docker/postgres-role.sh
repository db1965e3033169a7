#!/bin/sh
# Runs once, when the database is made: a role that owns only this one database. The image's own
# first role is a superuser, who could alter the audit trail; Causeway refuses to run as one.
set -eu
password=$(cat /run/secrets/database-password)
psql --set ON_ERROR_STOP=1 --set password="$password" --username postgres <<'SQL'
CREATE ROLE causeway LOGIN PASSWORD :'password';
CREATE DATABASE causeway OWNER causeway;
REVOKE CONNECT ON DATABASE causeway FROM PUBLIC;
SQL
