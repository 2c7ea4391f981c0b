"""The settings of an installation: small frozen values, read from the environment once.

`Settings.from_env(os.environ)` is called at the edges (the command line, `python -m api`, the
worker) and the value is passed in from there; nothing reads the environment at import. A field
`pages` of the group `limits` is `DOCVISION_LIMITS_PAGES`; an unknown `DOCVISION_*` name is an
error that names the nearest known one.
"""

from __future__ import annotations

import difflib
import ipaddress
from collections.abc import Iterator, Mapping
from functools import reduce
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

from docvision.errors import SettingsError

PREFIX = "DOCVISION_"
MIB = 1024 * 1024


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Limits(_Group):
    """What one job may bring; checked before the work and named in the error."""

    file_bytes: int = Field(512 * MIB, gt=0, description="Bytes of one uploaded file.")
    files: int = Field(32, gt=0, description="Files in one job.")
    pages: int = Field(2000, gt=0, description="Pages of one document.")
    image_pixels: int = Field(50_000_000, gt=0, description="Pixels of one picture, decoded.")
    video_seconds: float = Field(7200, gt=0, description="Seconds of one video.")
    video_frames: int = Field(768, gt=0, description="Frames sampled from one video.")
    archive_bytes: int = Field(8192 * MIB, gt=0, description="Bytes of one uploaded archive.")
    archive_depth: int = Field(
        2, ge=1, description="How deep archives may lie in one another: 1 allows none in another."
    )
    archive_ratio: float = Field(
        200, gt=1, description="Times its own bytes that an archive may hold, beyond 64 MiB."
    )
    batch_files: int = Field(10_000, gt=0, description="Files in one batch, archives unpacked.")
    batch_bytes: int = Field(
        32_768 * MIB, gt=0, description="Bytes of all files of a batch, archives unpacked."
    )
    sandbox_seconds: float = Field(60, gt=0, description="Wall-clock seconds of one parser call.")
    sandbox_cpu_seconds: int = Field(600, gt=0, description="CPU seconds of one open document.")
    sandbox_memory_bytes: int = Field(
        2048 * MIB, gt=0, description="Address space of a parser child."
    )


class EngineSettings(_Group):
    """Which model answers, and how it is run."""

    model: str = Field(
        "nano",
        description="`nano`, a local folder, a hub id such as Qwen/Qwen3-VL-8B-Instruct, "
        "`none` (readers only), `scripted:FILE`, or the model's name on the remote server.",
    )
    remote_url: str | None = Field(None, description="Base URL of an OpenAI-compatible server.")
    remote_api_key: str | None = Field(None, repr=False, description="Its bearer token.")
    remote_concurrency: int = Field(8, gt=0, description="Requests in flight at once.")
    remote_timeout_seconds: float = Field(300, gt=0, description="Longest wait for one answer.")
    source: Literal["huggingface", "modelscope"] = Field(
        "huggingface", description="Where a hub id is fetched from."
    )
    device: str = Field("auto", description="auto, cpu, cuda, cuda:1, mps.")
    dtype: str = Field("auto", description="auto, float32, bfloat16, float16.")
    attention: str | None = Field(None, description="transformers' attn_implementation.")
    quantization: Literal["none", "8bit", "4bit"] = Field(
        "none", description="bitsandbytes; AWQ and GPTQ checkpoints need no option."
    )
    adapter: str | None = Field(None, description="A LoRA adapter: local folder or hub id.")
    tuned: str | None = Field(
        None,
        pattern=r"^\w+=[^,=]+(,\w+=[^,=]+)*$",
        description="Checkpoints or adapters for single tasks, as `docvision finetune` makes them: "
        "`extract=FOLDER,auto=FOLDER`. On a remote server: the models' names.",
    )
    batch_tokens: int = Field(16_384, gt=0, description="Prompt tokens gathered into one batch.")
    batch_wait_ms: float = Field(5.0, ge=0, description="How long a batch waits for company.")
    view_tokens: int = Field(2_560, gt=0, description="Visual tokens of one view at most.")
    request_tokens: int = Field(12_288, gt=0, description="Visual tokens of one request at most.")
    max_new_tokens: int = Field(4_096, gt=0, description="Tokens of one answer at most.")

    def for_tasks(self) -> dict[str, EngineSettings]:
        """Return the settings of those tasks that have a tuned model of their own."""
        pairs = (pair.partition("=") for pair in self.tuned.split(",")) if self.tuned else ()
        return {task: self._with(folder) for task, _, folder in pairs}

    def _with(self, model: str) -> EngineSettings:
        is_adapter = not self.remote_url and (Path(model) / "adapter_config.json").is_file()
        change = {"adapter" if is_adapter else "model": model, "tuned": None}
        return self.model_copy(update=change)


class WorkerSettings(_Group):
    """How the workers share the machine."""

    processes: int = Field(
        0,
        ge=0,
        description="Worker processes that `docvision up` starts. 0: two on two cores or more, one "
        "where each would load a large checkpoint of its own.",
    )
    threads: int = Field(2, gt=0, description="Jobs that one worker process runs at once.")
    pages_per_message: int = Field(8, gt=0, description="Pages that travel in one message.")
    lease_seconds: float = Field(30, gt=0, description="Work not renewed for so long is handed on.")
    unit_seconds: float = Field(
        900,
        gt=0,
        description="A page that takes longer is given up; a worker that cannot is restarted.",
    )
    drain_seconds: float = Field(20, gt=0, description="How long a stop waits for running work.")


class ApiSettings(_Group):
    """Where the API listens and what it allows."""

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8400, ge=0, le=65535, description="Port to listen on.")
    max_wait_seconds: float = Field(60, ge=0, description="Longest long poll.")
    keys: Literal["auto", "required", "off"] = Field(
        "auto",
        description="Whether an API key is asked for. auto: not on loopback, and everywhere else.",
    )
    key: str | None = Field(
        None, repr=False, description="The API key that the command line sends to a server."
    )

    @property
    def demands_keys(self) -> bool:
        """Whether a request needs an API key."""
        return self.keys == "required" or (self.keys == "auto" and not self.on_loopback)

    @property
    def on_loopback(self) -> bool:
        """Whether only this machine can reach the API."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


class AdmissionSettings(_Group):
    """When no more work is taken in (503), and how long slow clients are waited for."""

    queued_jobs: int = Field(50_000, gt=0, description="Jobs that wait for a worker at most.")
    body_bytes: int = Field(
        16_384 * MIB, gt=0, description="Bytes that are being sent at once, to one API process."
    )
    free_disk_bytes: int = Field(1024 * MIB, ge=0, description="Bytes of disk to be left free.")
    free_memory_bytes: int = Field(128 * MIB, ge=0, description="Bytes of memory to be left free.")
    head_seconds: float = Field(15, gt=0, description="In which a request's head must come.")
    silent_seconds: float = Field(
        30, gt=0, description="How long a client may send nothing of a body, or take no answer."
    )
    body_bytes_per_second: int = Field(
        1024, ge=0, description="Slowest rate of a body, once it has had half a minute."
    )


class NetSettings(_Group):
    """What may be reached of the URLs that callers name: documents to fetch, and webhooks."""

    allow: str = Field(
        "",
        description="Hosts and networks (with commas between) that may be reached though they are "
        "private, such as `files.corp,10.1.0.0/16`. Public addresses always may.",
    )
    seconds: float = Field(60, gt=0, description="Longest time for one document or one webhook.")
    redirects: int = Field(5, ge=0, description="Redirects that are followed for one document.")


class Settings(_Group):
    """All settings of one installation."""

    data_dir: Path = Field(Path("data"), description="Blobs, the embedded server's data, logs.")
    redis_url: str | None = Field(
        None, description="Redis or Valkey to use; without it `docvision up` brings its own."
    )
    blob_url: str | None = Field(
        None, description="s3://bucket/prefix for blobs; without it a folder in data_dir."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Lowest level that is logged."
    )
    log_format: Literal["json", "text"] = Field(
        "json", description="A line of JSON for each event, or of text for people."
    )
    trace_url: str | None = Field(
        None, description="Where traces go: an OpenTelemetry collector's http(s) address (OTLP)."
    )
    retention_seconds: float = Field(
        7 * 86_400,
        gt=0,
        description="How long a finished job and its result are kept, and then its id.",
    )
    retention_longest_seconds: float = Field(
        365 * 86_400, gt=0, description="How long a job may ask to be kept."
    )
    orphan_seconds: float = Field(
        86_400, gt=0, description="After so long, files that belong to no job are erased."
    )
    result_cache: bool = Field(
        True, description="Take over a result where the same was asked of the same bytes before."
    )
    limits: Limits = Limits()
    engine: EngineSettings = EngineSettings()
    worker: WorkerSettings = WorkerSettings()
    api: ApiSettings = ApiSettings()
    admission: AdmissionSettings = AdmissionSettings()
    net: NetSettings = NetSettings()

    def to_env(self) -> dict[str, str]:
        """Return the variables from which `from_env` makes an equal value; defaults are left out.

        This is how a process hands its settings on to its children.
        """
        values: dict[str, str] = {}
        for path, field in setting_fields():
            value = reduce(getattr, path, self)
            if value != field.default:
                values[env_name(path)] = str(value)
        return values

    @staticmethod
    def from_env(environ: Mapping[str, str]) -> Settings:
        """Read the settings from `DOCVISION_*` variables.

        Raises:
            SettingsError: A variable is unknown (the nearest known one is named) or its value
                does not fit.
        """
        known = _known_keys()
        tree: dict[str, Any] = {}
        for name in sorted(key for key in environ if key.startswith(PREFIX)):
            if name not in known:
                raise _unknown(name, list(known))
            _put(tree, known[name], environ[name])
        try:
            return Settings.model_validate(tree)
        except ValidationError as error:
            raise _unfit(error) from error


def env_name(path: tuple[str, ...]) -> str:
    """Return the variable of a field: `("limits", "pages")` is `DOCVISION_LIMITS_PAGES`."""
    return PREFIX + "_".join(path).upper()


def setting_fields() -> Iterator[tuple[tuple[str, ...], FieldInfo]]:
    """Yield every setting as its path in `Settings` and what pydantic knows of the field."""
    for name, field in Settings.model_fields.items():
        group = field.annotation
        if isinstance(group, type) and issubclass(group, _Group):
            yield from (((name, inner), known) for inner, known in group.model_fields.items())
        else:
            yield (name,), field


def _known_keys() -> dict[str, tuple[str, ...]]:
    return {env_name(path): path for path, _ in setting_fields()}


def _put(tree: dict[str, Any], path: tuple[str, ...], value: str) -> None:
    for step in path[:-1]:
        tree = tree.setdefault(step, {})
    tree[path[-1]] = value


def _unknown(name: str, known: list[str]) -> SettingsError:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
    return SettingsError(f"{name} is no setting of docvision. Did you mean {near[0]}?", name=name)


def _unfit(error: ValidationError) -> SettingsError:
    first = error.errors(include_url=False, include_input=False)[0]
    name = env_name(tuple(str(step) for step in first["loc"]))
    return SettingsError(f"{name} does not fit: {first['msg']}.", name=name)
