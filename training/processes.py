"""Start a training run in as many processes as there are cores, or on one GPU.

On a CPU that others use too, two processes of one thread each, which meet once a step, are
several times faster than one process of two threads, which meet at every operation.
"""

import os
import signal
import sys

import torch
import torch.distributed as dist
from torch.multiprocessing.spawn import spawn

from training.trainer import Plan, train


def run(plan: Plan, processes: int) -> None:
    """Train in this many processes and wait for them."""
    (plan.folder / "stop").unlink(missing_ok=True)
    if processes == 1:
        train(plan)
        return
    rendezvous = plan.folder.resolve() / f"rendezvous-{os.getpid()}"
    plan.folder.mkdir(parents=True, exist_ok=True)
    # Told to stop, this process takes its workers along instead of leaving them to run on.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    arguments = (plan, processes, str(rendezvous))
    spawn(  # type: ignore[no-untyped-call]
        _worker, args=arguments, nprocs=processes, daemon=True
    )


def _worker(rank: int, plan: Plan, world: int, rendezvous: str) -> None:
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{rendezvous}", rank=rank, world_size=world)
    train(plan, rank, world)
    dist.destroy_process_group()
