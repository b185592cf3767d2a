#!/usr/bin/env python
"""Django's management command for the service."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "keshi_web.config.settings")
    from django.core.management import execute_from_command_line

    from keshi_web.common.row_security import run_as_system

    run_as_system()  # a command serves nobody in particular; requests turn to their actor's scope
    execute_from_command_line(sys.argv)
