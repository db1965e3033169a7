#!/bin/sh
# Make the virtual environment and install a locked set into it: `tools/install.sh run|dev`.
# Asks for nothing but Python >= 3.11. Does nothing when the set is already in place.
set -eu
cd "$(dirname "$0")/.."

case "${1:-run}" in
run) wanted=requirements.txt ;;
dev) wanted=requirements-dev.txt ;;
*) echo "usage: tools/install.sh run|dev" >&2; exit 2 ;;
esac
venv=.venv
python=$venv/bin/python
stamps=$venv/installed

say() { echo "==> $*"; }

# In place when the environment's own copy of the compiled file is the same, to the byte.
if "$python" -c "" 2>/dev/null && cmp -s "$wanted" "$stamps/$wanted"; then
	exit 0
fi

find_python() {
	for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python; do
		if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
			echo "$candidate"
			return
		fi
	done
}

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
	system_python=$(find_python)
	if [ -z "$system_python" ]; then
		echo "Causeway needs Python 3.11 or newer, and none was found on the PATH." >&2
		echo "Install it, or name it: make run PYTHON=/path/to/python3" >&2
		exit 1
	fi
	say "Making the virtual environment in $venv with $("$system_python" --version)"
	rm -rf "$venv"
	if ! "$system_python" -m venv "$venv" 2>/dev/null; then
		# Some systems ship venv without ensurepip; their own pip can install from outside.
		rm -rf "$venv"
		"$system_python" -m venv --without-pip "$venv"
	fi
fi

pip_() {
	if "$python" -m pip --version >/dev/null 2>&1; then
		"$python" -m pip --disable-pip-version-check "$@"
	else
		"$(find_python)" -m pip --disable-pip-version-check --python "$python" "$@"
	fi
}

# uv takes pip's certificate authority and package index, so that one configuration serves both.
pip_setting() { pip_ config get "global.$1" 2>/dev/null || true; }
authority=${PIP_CERT:-$(pip_setting cert)}
[ -z "${SSL_CERT_FILE:-}" ] && [ -n "$authority" ] && export SSL_CERT_FILE="$authority"
index=${PIP_INDEX_URL:-$(pip_setting index-url)}
[ -z "${UV_DEFAULT_INDEX:-}" ] && [ -n "$index" ] && export UV_DEFAULT_INDEX="$index"
export UV_HTTP_TIMEOUT="${UV_HTTP_TIMEOUT:-${PIP_DEFAULT_TIMEOUT:-60}}"

started=$(date +%s)
count=$(grep -c '^[A-Za-z].*==' "$wanted")
rm -f "$stamps/$wanted"

# uv installs several times faster than pip. Its own pin and hashes stand in the development set.
uv_ready() {
	"$python" -m uv --version >/dev/null 2>&1 && return
	say "Installing the installer (uv)"
	lock=$venv/uv.txt
	sed -n '/^uv==/,/# via/p' requirements-dev.txt >"$lock"
	pip_ install --quiet --require-hashes --no-deps --only-binary :all: -r "$lock"
}
with_uv() {
	uv_ready && "$python" -m uv pip install --python "$python" --require-hashes --no-deps \
		--only-binary :all: --compile-bytecode -r "$wanted"
}
with_pip() {
	pip_ install --require-hashes --no-deps --only-binary :all: -r "$wanted"
}

say "Installing $count packages from $wanted (first time: up to a minute)"
if ! with_uv; then
	say "uv could not install them; trying again with pip, which is slower"
	with_pip
fi
mkdir -p "$stamps"
cp "$wanted" "$stamps/$wanted"
# The development set holds the run-time set whole.
[ "$wanted" = requirements-dev.txt ] && cp requirements.txt "$stamps/requirements.txt"
say "Packages are in place after $(($(date +%s) - started)) s"
