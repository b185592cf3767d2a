"""The `keshi` command."""


def main() -> None:
    raise SystemExit(0)
