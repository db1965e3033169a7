"""What the environment says, read as the person who wrote it meant it."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ASK = "from django.conf import settings as s; print(s.HOST, s.PORT, s.KEYS_FILE, s.STATIC_ROOT)"


def test_a_variable_set_to_nothing_is_one_that_is_not_set(tmp_path):
    empty = dict.fromkeys(["HOST", "PORT", "KEYS_FILE", "STATIC_ROOT", "DEBUG", "PUBLIC_URL"], "")
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "--command", ASK],
        cwd=ROOT,
        env={**os.environ, **empty, "DATA_DIR": str(tmp_path), "DATABASE_URL": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == [
        "127.0.0.1", "8000", str(tmp_path / "keys" / "keyring"), str(tmp_path / "static")
    ], done.stderr[-2000:]  # fmt: skip
