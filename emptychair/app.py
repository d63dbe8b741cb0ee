"""The only place where parts are joined: settings, stores, pages and the loop become one running process."""

import asyncio
import gc
import logging
import random
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from emptychair import home
from emptychair.config import Config
from emptychair.desk.desk import Desk
from emptychair.ledger.engines.choice import engine
from emptychair.ledger.ledger import Ledger
from emptychair.listen.intake.reception import Reception
from emptychair.machine import for_questions

if TYPE_CHECKING:
    from fastapi import FastAPI

    from emptychair.understand.language.own import Own
    from emptychair.understand.research.transcribing import Transcriber

log = logging.getLogger("emptychair")
# What the engine holds before it works on disk. An import by the command line stays below 300 MB in all.
FOR_IMPORTS = "140MB"


class PortInUse(Exception):
    """Another program listens where the pages should be served."""


def clock() -> datetime:
    """The present instant in UTC: the one clock of a running installation."""
    return datetime.now(UTC)


def open_ledger(
    config: Config, reception: Reception, *readable: Path, wait: bool = True, memory: str = ""
) -> Ledger:
    """The ledger of this home, whose events the `reception` understands.

    `readable` are files outside it that an import may read. Without `wait` a projection that has to be
    rebuilt is rebuilt while signals are taken in already. `memory` is what the engine may hold when the
    settings do not say, empty for what the machine has for questions.
    """
    return Ledger.open(
        config.home,
        memory_limit=config.memory or memory or for_questions(),
        threads=config.threads,
        wait=wait,
        readable=(config.home / "imports", *readable),
        engine=None if config.engine == "duckdb" else engine(config.engine),
        translate=reception.translate,
        park=reception.park,
    )


def open_desk(config: Config) -> Desk:
    """The desk of this home, its tables brought up to date."""
    config.home.mkdir(parents=True, exist_ok=True)
    return Desk.open(config.desk_url)


def own_model(config: Config) -> "Own | None":
    """The model of the company's own that reads, ready to be asked; None while one of the product's does.

    Raises ModelTrouble for a folder without one that can be run.
    """
    from emptychair.channels.outside import Outside, networks
    from emptychair.understand.language.embedding import embedder, reached
    from emptychair.understand.language.endpoint_model import EndpointModel
    from emptychair.understand.language.own import Endpoint

    own = config.own_model
    if isinstance(own, Endpoint):
        # A page waits for it: one try, and words alone find what it would have found.
        reached(own, EndpointModel(own, Outside(clock=clock, allowed=networks(own.allowed)), tries=1))
    elif own is not None:
        embedder(own)
    return own


@contextmanager
def opened(config: Config, *readable: Path, memory: str = "") -> Iterator[tuple[Ledger, Desk]]:
    """Ledger and desk of a home for one command, closed at its end. Raises `home.HomeInUse`."""
    with ExitStack() as closing, home.held(config.home):
        desk = open_desk(config)
        closing.callback(desk.close)
        ledger = open_ledger(config, Reception(desk, clock), *readable, memory=memory)
        closing.callback(ledger.close)
        yield ledger, desk


def serve(config: Config, say: Callable[[str], None]) -> None:
    """Serve pages and run the loop until SIGTERM or SIGINT; then drain and close.

    `say` is told what a person needs to know at the start: the address and, when nobody is there yet, the
    link that creates the owner. Raises `PortInUse` or `home.HomeInUse` before anything is opened.
    """
    # Loaded here alone: the other commands start in half the time without pages and server.
    from emptychair.channels.outside import Outside, networks
    from emptychair.jobs import Parts
    from emptychair.listen.sources.limited import Limited
    from emptychair.listen.sources.running import Fetchers
    from emptychair.listen.sources.system import Means
    from emptychair.loop import Loop
    from emptychair.understand.reading.learning import Study
    from emptychair.understand.reading.tending import ReadingRoom
    from emptychair.web.access import first_link
    from emptychair.web.site import site

    _refuse_taken_port(config)
    own = own_model(config)
    with ExitStack() as closing:
        closing.enter_context(home.held(config.home))
        desk = open_desk(config)
        closing.callback(desk.close)
        reception = Reception(desk, clock, beside=True)
        closing.callback(reception.close)
        ledger = open_ledger(config, reception, wait=False)
        closing.callback(ledger.close)
        outside = Outside(clock=clock, allowed=networks(config.allowed_networks))
        closing.callback(outside.close)
        limited = Limited()
        closing.callback(limited.close)
        means = Means(
            outside=outside,
            limited=limited,
            desk=desk,
            home=config.home,
            clock=clock,
            folders=config.drop_folders,
            dialects=config.allowed_dialects,
        )
        room = ReadingRoom(
            ledger=ledger, folder=config.home / "language", model=own or config.reading, clock=clock
        )
        closing.callback(room.close)
        pages = site(
            ledger=ledger,
            desk=desk,
            home=config.home,
            base_url=config.url,
            clock=clock,
            version=version("emptychair"),
            reception=reception,
            outside=outside,
            means=means,
            own_model=own,
            local_token=home.new_token(config.home),
            max_upload_bytes=config.max_upload_mb * 1_000_000,
            transcriber=_transcriber(config),
        )
        loop = Loop(
            Parts(
                ledger=ledger,
                desk=desk,
                reception=reception,
                outside=outside,
                fetchers=Fetchers(ledger=ledger, means=means, chance=random.SystemRandom().random),
                study=Study(ledger=ledger, desk=desk, room=room, clock=clock),
                home=config.home,
                base_url=config.url.rstrip("/"),
                clock=clock,
            )
        )
        closing.callback(loop.stop)
        loop.start()
        home.announce(config.home, f"http://{_reachable(config.host)}:{config.port}")
        say(f"Empty Chair is served at {config.url}")
        link = first_link(desk, config.url, clock())
        if link:
            say(f"Create the owner with this link, once: {link}")
        with _garbage_of_requests_alone():
            asyncio.run(_run(pages, config))


def _transcriber(config: Config) -> "Transcriber | None":
    from emptychair.understand.research.transcribing import Transcriber

    if not config.transcription_url:
        return None
    return Transcriber(
        url=config.transcription_url, model=config.transcription_model, key=config.transcription_key
    )


@contextmanager
def _garbage_of_requests_alone() -> Iterator[None]:
    """Let Python look for garbage among what requests leave behind, not in all that was loaded at the start.

    It took an eighth of the time of taking events in.
    """
    gc.collect()
    gc.freeze()
    usual = gc.get_threshold()
    gc.set_threshold(20_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


async def _run(pages: "FastAPI", config: Config) -> None:
    from granian.constants import Interfaces
    from granian.server.embed import Server

    server = Server(
        pages,
        address=config.host,
        port=config.port,
        interface=Interfaces.ASGI,
        log_enabled=config.log_level == "debug",
        websockets=False,
    )
    running = asyncio.get_running_loop()

    def stop() -> None:
        # The server waits for what is being answered, and a stream never ends by itself.
        pages.state.parts.live.end()
        server.stop()  # type: ignore[no-untyped-call]

    for name in (signal.SIGTERM, signal.SIGINT):
        running.add_signal_handler(name, stop)
    await server.serve()


def _refuse_taken_port(config: Config) -> None:
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.host, config.port))
        except OSError as problem:
            where = f"{config.host}:{config.port}"
            raise PortInUse(f"cannot listen on {where} ({problem.strerror}); choose another --port") from None


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104
