"""Keeps a set of children running, and stops them stage by stage."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from docvision.errors import StackError
from docvision.stack.child import Child, Command, RestartPolicy, tail

BEAT = 0.1
"""Seconds between two looks at the children."""


class Supervisor:
    """The children, in the order in which they were started. One thread owns it.

    Args:
        say: Told of each death and restart.
        policy: How children are restarted.
        stop_asked: Whether the whole is to end; `until` returns early then.
        each_beat: Called after each look at the children.
    """

    def __init__(
        self,
        say: Callable[[str], None],
        policy: RestartPolicy,
        stop_asked: Callable[[], bool],
        each_beat: Callable[[], None],
    ) -> None:
        self._say = say
        self._policy = policy
        self._stop_asked = stop_asked
        self._each_beat = each_beat
        self._stages: list[list[Child]] = []

    @property
    def pids(self) -> dict[str, int]:
        """The processes that are running now, by the names of their commands."""
        children = [child for stage in self._stages for child in stage]
        return {child.name: child.pid for child in children if child.pid is not None}

    def start(self, *commands: Command) -> None:
        """Start commands that are of one stage: they will be stopped together."""
        stage = [Child(command, self._say, self._policy) for command in commands]
        self._stages.append(stage)
        for child in stage:
            child.start()

    def tend(self) -> None:
        """Restart what died; takes one beat.

        Raises:
            StackError: A child cannot be started.
        """
        for stage in self._stages:
            for child in stage:
                child.tend()
        self._each_beat()
        time.sleep(BEAT)

    def kill(self, names: Sequence[str]) -> None:
        """Kill children that are stuck; they are restarted like those that died."""
        for child in [child for stage in self._stages for child in stage]:
            if child.name in names:
                child.kill()

    def until(self, ready: Callable[[], bool], command: Command, seconds: float) -> None:
        """Tend the children until `ready()`, or until an end is asked for.

        Raises:
            StackError: It takes longer than `seconds`; the end of the command's log is shown.
        """
        deadline = time.monotonic() + seconds
        while not self._stop_asked() and not ready():
            if time.monotonic() > deadline:
                raise StackError(
                    f"{command.name} is not ready after {seconds:g} s. "
                    f"The end of {command.log}:\n{tail(command.log)}",
                    part=command.name,
                )
            self.tend()

    def stop(self, hurry: Callable[[], bool]) -> None:
        """Stop the stages, the latest first; once `hurry()`, children are not waited for."""
        for stage in reversed(self._stages):
            for child in stage:
                child.ask_to_stop()
            for child in stage:
                child.await_end(hurry)
            self._each_beat()
        self._stages.clear()
