"""Keeps an engine at hand: notices that its process died, and starts it once more.

    keeper = Keeper(LlamaCpp(), Path("ayni-q8_0.gguf"))
    keeper.start()
    endpoint = await keeper.ready()       Refusal 503 where the engine is gone

An engine that dies again before it has given one answer stays down: a restart would not mend what kills it.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from ayni.core.errors import AyniError
from ayni.serving.endpoint import Endpoint
from ayni.serving.engines.engine import Engine
from ayni.serving.refusal import Refusal, engine_failed

_GRACE = 1.0  # seconds between a broken connection and the process being seen as dead


class Keeper:
    """One engine, one model; every method but `start` and `stop` belongs to the server's event loop."""

    def __init__(self, engine: Engine, model: Path) -> None:
        self.engine = engine
        self.model = model
        self._endpoint: Endpoint | None = None
        self._may_restart = True
        self._restart: asyncio.Task[None] | None = None
        self._why_down = ""

    def start(self) -> None:
        """Start the engine before the server opens. Raises ServingError."""
        self._endpoint = self.engine.start(self.model)

    def stop(self) -> None:
        """End the engine."""
        self.engine.stop()

    def is_well(self) -> bool:
        """Whether an answer can be expected now."""
        return self._restart is None and self.engine.is_alive()

    async def ready(self) -> Endpoint:
        """The engine's endpoint; waits for a restart that is under way. Raises Refusal 503 where the engine is gone."""
        if self._restart is not None:
            await asyncio.shield(self._restart)
        if not self.engine.is_alive():
            raise self._engine_died()
        assert self._endpoint is not None
        return self._endpoint

    async def explain(self, error: Exception) -> Refusal:
        """What a broken connection to the engine means: its death, which starts it again, or less."""
        if self._restart is None and await asyncio.to_thread(self.engine.is_alive, _GRACE):
            return engine_failed(str(error) or type(error).__name__)
        return self._engine_died()

    def praise(self) -> None:
        """An answer came to its end: the engine works, and may be started again if it dies."""
        self._may_restart = True

    def _engine_died(self) -> Refusal:
        """Begin the one restart where it is still allowed; what to tell the client either way."""
        if self._restart is None and self._may_restart:
            self._may_restart = False
            try:
                self.engine.launch(self.model)  # here, in the loop's own thread: see engines/engine.py
            except AyniError as error:
                self._why_down = error.what
            else:
                self._restart = asyncio.create_task(self._await_restart())
        if self._restart is not None:
            return Refusal(503, "the engine stopped and is being started again; try once more", code="engine_restarting", wait=1)
        reason = f" ({self._why_down})" if self._why_down else ""
        return Refusal(503, f"the engine stopped and stays down{reason}; start the server again", code="engine_down")

    async def _await_restart(self) -> None:
        try:
            self._endpoint = await asyncio.to_thread(self.engine.await_ready)
        except AyniError as error:
            self._why_down = str(error)
        finally:
            self._restart = None
