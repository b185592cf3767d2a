"""`python -m keshi`."""

from keshi.cli import main

main()
