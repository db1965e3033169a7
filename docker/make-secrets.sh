#!/bin/sh
# Make the secret files that compose.yaml mounts, each once; existing ones are left alone.
# The folder is yours alone; the files inside must be readable by the containers' users.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
cd secrets

word() { python3 -c 'import secrets; print(secrets.token_urlsafe(48), end="")'; }
make() { # make NAME TEXT
	if [ -e "$1" ]; then
		echo "kept  docker/secrets/$1"
	else
		printf '%s' "$2" >"$1"
		chmod 0444 "$1"
		echo "made  docker/secrets/$1"
	fi
}

make secret-key "$(word)$(word)"
make keyring "$(python3 -c 'import base64, secrets
print("k1", base64.b64encode(secrets.token_bytes(32)).decode())')"
make postgres-password "$(word)"
make database-password "$(word)"
make database-url "postgres://causeway:$(cat database-password)@postgres:5432/causeway"
make redis-password "$(word)"
make redis-url "redis://:$(cat redis-password)@redis:6379/0"
make redis-conf "$(printf 'requirepass %s\nappendonly no\nsave ""\nmaxmemory 128mb\nmaxmemory-policy noeviction\n' \
	"$(cat redis-password)")"
if [ ! -e email-url ] && [ -z "${EMAIL_URL:-}" ]; then
	echo "Say how mail is sent: EMAIL_URL=smtp+tls://user:password@host:587 docker/make-secrets.sh" >&2
	exit 1
fi
make email-url "${EMAIL_URL:-}"
# Empty where no text messages are sent.
make sms-url "${SMS_URL:-}"
make sms-token "${SMS_TOKEN:-}"
echo "Keep a copy of keyring apart from the database's backups: without it no name can be read."
