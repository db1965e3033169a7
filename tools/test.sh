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

# Where time is no matter (CI=true) all of it runs on both databases. Elsewhere within minutes: on
# SQLite all but what is slow, with the main job in a browser and the guard of who reaches what; on
# PostgreSQL the same without the tests of pages.
quick="not long and (gate or journey or not (slow or browser))"
on_postgres="$quick and not gate" pages="not views and not page"
[ "${CI:-}" = true ] && quick="long or not long" && on_postgres=$quick pages=""
suite() {
	database=$1
	shift
	"$bin/pytest" -q --numprocesses "${TEST_PROCESSES:-3}" --dist worksteal --database="$database" "$@"
}
say "The suite on PostgreSQL: what touches the database ($on_postgres; $pages)"
suite postgres -m "$on_postgres" -k "$pages"

say "The suite on SQLite ($quick)"
suite sqlite -m "$quick"
