"""`keshi completion`: the shell's completion script."""

import click
from click.shell_completion import get_completion_class

from keshi.cli.group import Command
from keshi.cli.language import say

EXAMPLES = """\
keshi completion bash >> ~/.bashrc
keshi completion zsh >> ~/.zshrc
keshi completion fish > ~/.config/fish/completions/keshi.fish"""


@click.command(cls=Command, help=say("help-completion-long"), examples=EXAMPLES)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script of a shell."""
    from keshi.cli.group import keshi

    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(keshi, {}, "keshi", "_KESHI_COMPLETE").source())
