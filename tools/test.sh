#!/bin/sh
# Everything that must hold, from a bare clone: style, types, checks, and the suite on both
# databases. Stops at the first part that fails. The last line is pytest's own.
set -eu
cd "$(dirname "$0")/.."
bin=.venv/bin

say() { echo "==> $*"; }

say "Setting up"
tools/install.sh dev
tools/services.sh

say "Style: ruff and djade"
"$bin/ruff" check .
"$bin/ruff" format --check .
tools/templates.sh --check

say "Types: mypy"
"$bin/mypy"

# The rest runs without what this shell may hold for a real installation.
unset DATABASE_URL REDIS_URL EMAIL_URL DEBUG PUBLIC_URL CAUSEWAY_DEMO KEYS_FILE SECRET_KEY HOST PORT
data=$(mktemp -d "${TMPDIR:-/tmp}/causeway-check-XXXXXX")
trap 'rm -rf "$data"' EXIT
export DATA_DIR="$data"

say "No migration is missing"
"$bin/python" manage.py makemigrations --check --dry-run

say "Settings of a production installation: check --deploy"
"$bin/python" manage.py migrate --verbosity 0
PUBLIC_URL=https://causeway.example.org BEHIND_PROXY=1 \
	"$bin/python" manage.py check --deploy --fail-level WARNING --database default

say "Static files: collected, and every one of them found"
"$bin/python" manage.py collectstatic --no-input --verbosity 0
unset DATA_DIR

# The slow guards walk every route and field, and the browser looks at every page; on PostgreSQL too
# where time is no matter, elsewhere the main job stands for them there.
part="not slow and not long and (journey or not browser)" rest="not long"
[ "${CI:-}" = true ] && part="long or not long" rest="long or not long"
say "The suite on PostgreSQL: what touches the database ($part)"
"$bin/pytest" -q -m "$part" --numprocesses "${TEST_PROCESSES:-3}" --dist worksteal --database=postgres

say "The suite on SQLite ($rest)"
"$bin/pytest" -q -m "$rest" --numprocesses "${TEST_PROCESSES:-3}" --dist worksteal --database=sqlite
