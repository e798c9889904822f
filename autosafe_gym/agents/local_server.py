"""A llama.cpp server inside this process, on a loopback port that the system gives."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from autosafe_gym.agents.local_model import LOCAL, installed_model
from autosafe_gym.errors import DataError, MissingExtraError


class LocalServer:
    """Serves a GGUF file with an OpenAI-compatible interface; ends with the process.

    Args:
        model: The GGUF file; the embedded model by default.
        port: 0: the system chooses.
        threads: Of the computation. On a busy machine more than one spin and are far slower.
        parallel: Requests at once; each has `context` tokens.
        context: Tokens of a chat.

    Raises:
        MissingExtraError: Without the extra `local`.
        DataError: If there is no such file, or llama.cpp can't load it.

    Attributes:
        base_url: The address for clients.
    """

    def __init__(
        self,
        model: Path | None = None,
        *,
        port: int = 0,
        threads: int = 1,
        parallel: int = 1,
        context: int = 8192,
    ) -> None:
        try:
            import xllamacpp
        except ImportError as error:
            raise MissingExtraError("xllamacpp", "local") from error
        self.model = model or installed_model()
        if not self.model.is_file():
            raise DataError(f"{self.model}: there is no such file; a GGUF file is needed.")
        params: Any = xllamacpp.CommonParams()
        params.model.path = str(self.model)
        params.model_alias = {LOCAL}
        params.n_ctx = context * parallel
        params.n_parallel = parallel
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
        params.hostnames = ["127.0.0.1"]
        params.port = port
        params.use_jinja = True
        params.verbosity = -1
        try:
            self._server = xllamacpp.Server(params)
        except Exception as error:
            raise DataError(f"{self.model}: llama.cpp can't serve it ({error}).") from error
        self.base_url = f"{self._server.listening_address}/v1"


@lru_cache(maxsize=4)
def shared_server(file: str) -> LocalServer:
    """The server of this process for a GGUF file ("": the embedded model)."""
    return LocalServer(Path(file) if file else None)
