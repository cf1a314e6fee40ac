"""Data parallel: one process a GPU, started by torchrun; without it, one process alone.

Every process computes the losses of the whole batch from factors gathered of all, so that CosFace
and the correlations are those of one process with the same batch.
"""

import os

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.nn.functional import all_gather
from torch.nn.parallel import DistributedDataParallel

from training.networks.synchronised import synchronise


def join_group(device: torch.device) -> torch.device:
    """Joins the group that torchrun describes, if it does; returns this process's own device."""
    if "WORLD_SIZE" not in os.environ:
        return device
    dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    if device.type == "cuda":
        device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
        torch.cuda.set_device(device)
    return device


def leave_group() -> None:
    """Leaves the group, if there is one."""
    if dist.is_initialized():
        dist.destroy_process_group()


def world() -> int:
    """Processes in the group."""
    return dist.get_world_size() if dist.is_initialized() else 1


def rank() -> int:
    """This process's number in the group; 0 writes files."""
    return dist.get_rank() if dist.is_initialized() else 0


def own_share(batch: int) -> slice:
    """This process's part of a batch; raises ValueError where it cannot be shared equally."""
    if batch % world():
        raise ValueError(f"a batch of {batch} cannot be shared by {world()} processes")
    part = batch // world()
    return slice(rank() * part, (rank() + 1) * part)


def gathered(own: Tensor) -> Tensor:
    """The parts (n, d) of all processes, in order; its gradient reaches every part."""
    return torch.cat(all_gather(own)) if world() > 1 else own


def replicated(network: nn.Module) -> nn.Module:
    """The network with batch statistics over all processes and gradients averaged over them.

    The gradient of the gathered factors is the sum over processes that all compute the same loss,
    `world` times that of one; the average undoes it.
    """
    if world() == 1:
        return network
    # Buffers need no broadcast: the statistics are the same in all processes.
    return DistributedDataParallel(synchronise(network), broadcast_buffers=False)


def wait_for_all() -> None:
    """Returns when every process has come here."""
    if dist.is_initialized():
        dist.barrier()
