#!/bin/sh
# Format the templates with djade; with --check only say what it would change.
set -eu
cd "$(dirname "$0")/.."
git ls-files -z --cached --others --exclude-standard -- 'templates/*.html' 'templates/*.txt' |
	xargs -0 -r .venv/bin/djade --target-version 5.2 "$@"
