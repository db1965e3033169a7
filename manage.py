#!/usr/bin/env python
"""Runs Causeway's commands: ``manage.py up`` starts it, ``manage.py help`` lists the rest."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    from django.core.management import execute_from_command_line

    from clinic.keys import KeysUnusable

    try:
        execute_from_command_line(sys.argv)
    except KeysUnusable as error:
        sys.exit(f"Causeway cannot start. {error}")


if __name__ == "__main__":
    main()
