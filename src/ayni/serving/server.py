"""`ayni serve`: one model, one port of this machine, until Ctrl-C.

    with open_port("127.0.0.1", 8484) as door:
        serve(LlamaCpp(), Path("release/"), "ayni", door, announce=print)

The port is taken before the model is loaded, so a port that is not free costs no waiting.
"""

from __future__ import annotations

import errno
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import uvicorn

from ayni.core.errors import InputError, ServingError
from ayni.serving.api import create_app
from ayni.serving.engines.engine import Engine
from ayni.serving.keeper import Keeper

HOSTS = ("127.0.0.1", "localhost", "::1")


def check_host(host: str) -> None:
    """Refuse every address but this machine's own. Raises InputError."""
    if host not in HOSTS:
        raise InputError(
            f"this version does not listen on '{host}'",
            why="it asks for no key: everyone who reaches the port could use the model and read along",
            mend="leave --host out; from another machine: ssh -L 8484:127.0.0.1:8484 THIS_MACHINE",
        )


def open_port(host: str, port: int) -> socket.socket:
    """A listening socket of this machine only; port 0 takes any free one. Raises ServingError where the port is taken."""
    check_host(host)
    family = socket.AF_INET6 if host == "::1" else socket.AF_INET
    try:
        # It listens at once: who comes while the model is loaded waits, and only a listening port is really taken
        return socket.create_server(("127.0.0.1" if host == "localhost" else host, port), family=family, backlog=128)
    except (OSError, OverflowError) as error:
        taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        raise ServingError(
            f"port {port} is taken" if taken else f"cannot listen on {host}, port {port}",
            why="another program listens there; another `ayni serve`, perhaps" if taken else str(error),
            mend="choose another with --port, or --port 0 for any free one",
        ) from error


def serve(engine: Engine, model: Path, name: str, door: socket.socket, announce: Callable[[str], None]) -> None:
    """Load, call `announce` with the address, answer until interrupted, end the engine."""
    keeper = Keeper(engine, model)
    try:
        keeper.start()
        host, port = door.getsockname()[:2]
        config = uvicorn.Config(
            create_app(keeper, name, port),
            log_level="warning",
            access_log=False,
            server_header=False,
            ws="none",
            timeout_graceful_shutdown=2,
        )
        server = uvicorn.Server(config)
        signal.signal(signal.SIGINT, server.handle_exit)  # from here on: an exception would tear a loop that is half built
        announce(f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}")
        server.run(sockets=[door])
    except KeyboardInterrupt:
        pass  # the way in which this verb is meant to end
    finally:
        keeper.stop()
