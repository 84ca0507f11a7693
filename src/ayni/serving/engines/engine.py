"""What every serving engine can do; a new engine is one class with these methods.

    endpoint = engine.start(Path("ayni-q8_0.gguf"))
    engine.stop()

`start` is `launch` and then `await_ready`. They stand apart because the server must create the process in its own
long-lived thread (Linux ends a child together with the thread that made it), and may wait for it in another.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from ayni.serving.endpoint import Endpoint


class Engine(Protocol):
    """A process that loads one model and answers on a loopback port."""

    def start(self, model: Path) -> Endpoint:
        """Load the model and wait until it answers. Raises ServingError."""
        ...

    def stop(self) -> None:
        """End the process; harmless where there is none."""
        ...

    def launch(self, model: Path) -> None:
        """Create the process and return at once."""
        ...

    def await_ready(self) -> Endpoint:
        """Wait until the launched process answers. Raises ServingError."""
        ...

    def is_alive(self, patience: float = 0.0) -> bool:
        """False once the process has ended; waits `patience` seconds for that."""
        ...
