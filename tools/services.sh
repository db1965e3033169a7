#!/bin/sh
# Bring up what the suite needs beside Python: Chromium, PostgreSQL and Redis. Starts or installs
# only where nothing answers; what is still missing is said by the suite itself, test by test.
set -eu

say() { echo "==> $*"; }
have() { command -v "$1" >/dev/null 2>&1; }
python=.venv/bin/python
answers() {
	"$python" -c "import socket; socket.create_connection(('127.0.0.1', $1), 1)" 2>/dev/null
}
chromium_there() {
	[ -n "${CHROMIUM:-}" ] || have chromium || have chromium-browser || have google-chrome ||
		have google-chrome-stable
}
postgres_there() {
	[ -n "${TEST_DATABASE_URL:-}" ] || answers 5432 || have initdb || have pg_ctlcluster ||
		ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1
}
redis_there() {
	[ -n "${TEST_REDIS_URL:-}" ] || answers 6379 || have redis-server || have valkey-server
}

missing=""
chromium_there || missing="$missing chromium"
postgres_there || missing="$missing postgresql"
redis_there || missing="$missing redis-server"
if [ -n "$missing" ]; then
	if have apt-get && [ "$(id -u)" = 0 ]; then
		say "Installing with apt:$missing"
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
			apt-get install -y -qq --no-install-recommends $missing >/dev/null ||
			say "apt could not install them; the suite says which tests this leaves out"
	else
		say "Not installed here, and this user may not install it:$missing"
	fi
fi

# Servers that are installed but stopped. The suite can also start its own, on other ports.
if [ -z "${TEST_DATABASE_URL:-}" ] && have pg_ctlcluster && have pg_lsclusters && ! answers 5432; then
	pg_lsclusters --no-header | while read -r version name port _; do
		[ "$port" = 5432 ] || continue
		say "Starting PostgreSQL $version ($name)"
		pg_ctlcluster --skip-systemctl-redirect "$version" "$name" start || true
	done
fi
