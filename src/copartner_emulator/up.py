"""`copartner up`: one command that runs everything on this machine."""

import asyncio
import contextlib
import signal
import socket
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from copartner import worker
from copartner.command.in_force import BrokenVersions
from copartner.kernel import collector, logging
from copartner.kernel.clock import SystemClock
from copartner.migrations import runner
from copartner.policy.facts import Cloud
from copartner.serve import release
from copartner.webhooks.courier import Courier
from copartner_emulator import assembly, certificates, cluster, readyfile, sandbox_store
from copartner_emulator.clock import MovableClock
from copartner_emulator.control import Control
from copartner_emulator.data_dir import Contradiction, DataDir, Options
from copartner_emulator.greeting import greeting
from copartner_emulator.hold import Held
from copartner_emulator.mail_folder import MailFolder
from copartner_emulator.postgres import EmbeddedPostgres, PostgresError
from copartner_emulator.request_log import RequestLog, RequestLogError
from copartner_emulator.serving import PortTaken, listen, serve
from copartner_emulator.world import read_world
from copartner_emulator.world_file import WorldError
from copartner_emulator.world_load import load
from copartner_emulator.world_model import World

_EXPECTED = (
    Held, Contradiction, PostgresError, PortTaken, RequestLogError, WorldError, runner.MigrationError, BrokenVersions,
)  # fmt: skip


def register(app: typer.Typer) -> None:
    """Adds the command; the entry point group `copartner.commands` names this function."""
    app.command("up")(up)


def up(
    world: Annotated[str | None, typer.Option(help="The world to start with; kept with the data.")] = None,
    cloud: Annotated[
        str | None, typer.Option(help="commercial, us-government or 21vianet; kept with the data.")
    ] = None,
    clock: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The programme's date at the first start, else the present."),
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 takes a free one.")] = 8080,
    tls: Annotated[bool, typer.Option("--tls", help="Speak https, by a certificate authority of its own.")] = False,
    rate_limit: Annotated[
        int, typer.Option(min=0, help="Requests a minute of one tenant for each limited resource; 0 for no limit.")
    ] = 0,
    data: Annotated[Path, typer.Option(help="Directory of the data.")] = Path(".copartner"),
    ready_file: Annotated[
        Path | None, typer.Option(help="File to write, for its owner alone, when requests are answered.")
    ] = None,
    request_log: Annotated[
        Path | None, typer.Option(help="File to append a line of JSON to for each request: method, path, status.")
    ] = None,
) -> None:
    """Run copartner with a demo world, its own PostgreSQL and a programme clock of its own."""
    logging.configure("warning", human=True)
    signal.signal(signal.SIGTERM, _interrupt)
    if ready_file is not None:
        ready_file.unlink(missing_ok=True)
    try:
        _run(
            _Asked(world, cloud, clock.date() if clock else None, port, tls, rate_limit, data, ready_file, request_log)
        )
    except _EXPECTED as error:
        typer.echo(f"copartner: {error}", err=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    finally:
        if ready_file is not None:
            ready_file.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The command's options as given."""

    world: str | None
    cloud: str | None
    clock: date | None
    port: int
    tls: bool
    rate_limit: int
    data: Path
    ready_file: Path | None
    request_log: Path | None


def _run(asked: _Asked) -> None:
    with contextlib.ExitStack() as stack:
        data = DataDir(asked.data)
        stack.callback(data.release)
        options, world = _choose(data, asked)
        listening = stack.enter_context(listen(asked.port))
        postgres = EmbeddedPostgres(data.postgres)
        stack.callback(postgres.stop)
        postgres.start()
        for notice in postgres.notices:
            typer.echo(f"copartner: {notice}", err=True)
        asyncio.run(_serve(asked, options, world, data, listening, postgres))


def _choose(data: DataDir, asked: _Asked) -> tuple[Options, World]:
    """The kept or the given options, and their world; they are kept once the world is known to exist."""
    options = data.options(asked.world, asked.cloud, asked.clock, SystemClock().now())
    if options.cloud not in set(Cloud):
        raise WorldError(f"--cloud {options.cloud}: there is no such cloud; the clouds are {', '.join(Cloud)}.")
    world = read_world(options.world, Cloud(options.cloud))
    data.keep(options)
    return options, world


async def _serve(
    asked: _Asked,
    options: Options,
    world: World,
    data: DataDir,
    listening: socket.socket,
    postgres: EmbeddedPostgres,
) -> None:
    machine = SystemClock()
    programme = MovableClock(machine, options.offset)
    await runner.migrate(postgres.owner_url, login_role=cluster.LOGIN, release=release(), now=machine.now())
    await sandbox_store.install(postgres.owner_url)
    cast = await load(world, postgres.owner_url, keep=data.passwords, now=programme.now())
    tls = certificates.ensure(data.tls, machine.now()) if asked.tls else None
    url = f"{'https' if tls else 'http'}://127.0.0.1:{listening.getsockname()[1]}"
    authority = tls.authority if tls else None
    key_file = data.key_file()
    runtime = assembly.open_runtime(postgres.login_url, url, Cloud(options.cloud), programme, key_file)
    letters = MailFolder(data.mail)
    post = worker.Post(letters, Courier(private=True), runtime.drawn)
    control = Control(runtime, programme, machine, letters, data.keep_offset)
    app = await assembly.assemble(runtime, key_file, control, rate_limit=asked.rate_limit)
    if asked.request_log is not None:
        app = RequestLog(app, asked.request_log, machine)
    collector.settle()

    def ready() -> None:
        if asked.ready_file is not None:
            readyfile.write(asked.ready_file, readyfile.content(url, programme.now(), cast, authority))
        typer.echo(greeting(url, options, programme.now(), cast, data.passwords, authority))

    working = asyncio.create_task(worker.run(runtime, programme, machine, post, alone=control.alone))
    try:
        await serve(app, listening, postgres, ready, tls)
    finally:
        working.cancel()


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """Ends the start-up as Ctrl-C does; while serving, the loop has handlers of its own."""
    raise KeyboardInterrupt
