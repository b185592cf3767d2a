"""The command group: commands are imported when they are called, so that starting stays quick."""

from importlib import import_module
from typing import Any

import click

from keshi import __version__
from keshi.cli.language import say
from keshi.cli.output import fail
from keshi.problems import BadInput

COMMANDS = {
    "settle": "keshi.cli.settle",
    "settle-batch": "keshi.cli.batch",
    "explain": "keshi.cli.explain",
    "check": "keshi.cli.check",
    "describe": "keshi.cli.describe",
    "diff": "keshi.cli.diff",
    "template": "keshi.cli.template",
    "hours": "keshi.cli.hours",
    "id": "keshi.cli.identity",
    "workdays": "keshi.cli.workdays",
    "completion": "keshi.cli.completion",
}


class Worded:
    """Help whose headings are in the command's language too."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The usage line."""
        assert isinstance(self, click.Command)
        formatter.write_usage(
            ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), f"{say('cli-usage')} "
        )

    def options_section(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of options."""
        assert isinstance(self, click.Command)
        options = [param for param in self.get_params(ctx) if isinstance(param, click.Option)]
        records = [record for option in options if (record := option.get_help_record(ctx))]
        with formatter.section(say("cli-options")):
            formatter.write_dl(records)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """`--help`, described in the language."""
        assert isinstance(self, click.Command)
        return click.Option(
            ["--help"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_show_help,
            help=say("option-help"),
        )


def _show_help(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(ctx.get_help(), color=ctx.color)
        ctx.exit()


class LazyGroup(Worded, click.Group):
    """A group whose commands live in modules of their own; each module names its command `command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command, imported now."""
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        found = import_module(module).command
        assert isinstance(found, click.Command)
        return found

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Options, then the commands with their one-line texts, without importing any of them."""
        self.options_section(ctx, formatter)
        with formatter.section(say("cli-commands")):
            formatter.write_dl([(name, say(f"help-{name}")) for name in COMMANDS])


LANG_OPTION = click.Option(
    ["--lang"], type=click.Choice(["zh", "en"]), expose_value=False, help=say("option-lang")
)


class Command(Worded, click.Command):
    """A command with `--lang`, examples below its help, and problems told as sentences."""

    def __init__(self, *args: Any, examples: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.append(LANG_OPTION)
        self.examples = examples

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of options."""
        self.options_section(ctx, formatter)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The examples."""
        if self.examples:
            with formatter.section(say("cli-examples")):
                for line in self.examples.splitlines():
                    formatter.write(f"{'':{formatter.current_indent}}{line}\n")

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; bad input becomes a list of sentences and exit code 2."""
        try:
            return super().invoke(ctx)
        except BadInput as error:
            fail(error.problems)


@click.group(
    cls=LazyGroup, help=say("help-keshi"), params=[LANG_OPTION], context_settings={"max_content_width": 100}
)
@click.version_option(__version__, prog_name="keshi", help=say("option-version"))
def keshi() -> None:
    """The group itself; commands do the work."""
