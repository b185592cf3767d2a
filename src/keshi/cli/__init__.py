"""The `keshi` command."""

import sys


def main() -> None:
    """Run the command: 0 done, 1 worked cases disagree, 2 bad input or a wrong command line."""
    import click

    from keshi.cli.group import keshi
    from keshi.cli.usage import explain_usage

    try:
        code = keshi.main(prog_name="keshi", standalone_mode=False)
    except click.UsageError as error:
        explain_usage(error)
        sys.exit(2)
    except click.Abort:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    sys.exit(code if isinstance(code, int) else 0)
