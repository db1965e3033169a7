#!/bin/sh
# Compile both requirements files from pyproject.toml: every version exact, every file hashed,
# no address of a package index. Arguments go to uv, for example --upgrade.
set -eu
cd "$(dirname "$0")/.."

compile() {
	.venv/bin/python -m uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-emit-find-links \
		--custom-compile-command "make requirements" "$@"
}
compile "$@" --output-file requirements.txt
compile "$@" --group dev --constraints requirements.txt --output-file requirements-dev.txt
