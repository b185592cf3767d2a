"""A wrong command line, said in the command's language."""

import click

from keshi.cli.language import say


def explain_usage(error: click.UsageError) -> None:
    """What is wrong and where help is, on standard error."""
    path = error.ctx.command_path if error.ctx else "keshi"
    click.echo(f"{say('cli-usage-error')} {_sentence(error)}", err=True)
    click.echo(say("cli-usage-help", command=path), err=True)


def _sentence(error: click.UsageError) -> str:
    match error:
        case click.MissingParameter(param=param) if param is not None:
            return say(
                "usage-missing", name=param.make_metavar(click.Context(click.Command("keshi"))) or param.name
            )
        case click.NoSuchOption():
            near = ", ".join(error.possibilities or ())
            return say(
                "usage-no-option-near" if near else "usage-no-option", name=error.option_name, near=near
            )
        case click.BadOptionUsage():
            return say("usage-option-value", name=error.option_name)
        case click.BadParameter(param=param) if param is not None:
            return say("usage-bad-value", name=param.opts[0], detail=error.message)
    return error.message if "command" not in error.message else say("usage-no-command", detail=error.message)
