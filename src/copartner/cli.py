"""The command `copartner`: production's own commands, and those that other packages add by the entry point group."""

from importlib.metadata import entry_points

import typer

COMMANDS = "copartner.commands"


def build() -> typer.Typer:
    """The command line with every registered command; each entry point is called with it."""
    app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

    @app.callback()
    def root() -> None:
        """A cloud's partner programme in which one customer works with several partners at once."""

    for entry in entry_points(group=COMMANDS):
        entry.load()(app)
    return app


def main() -> None:
    """Runs the command line."""
    build()()
