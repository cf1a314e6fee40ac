"""Batch normalisation over the batches of all processes.

torch's SyncBatchNorm exists for GPUs alone; this one runs wherever its collectives do, so that the
tests run on CPUs what GPUs run.
"""

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.nn.functional import all_reduce
from torch.nn.modules.batchnorm import _BatchNorm


class SynchronisedBatchNorm(_BatchNorm):
    """As BatchNorm1d and BatchNorm2d, with the mean and variance of all processes' batches, which
    must be equally large. The same parameters and buffers under the same names.
    """

    def _check_input_dim(self, input: Tensor) -> None:
        if input.ndim < 2:
            raise ValueError(f"expected 2 dimensions or more, got {input.ndim}")

    def forward(self, input: Tensor) -> Tensor:
        if not self.training:
            return super().forward(input)
        axes = [axis for axis in range(input.ndim) if axis != 1]
        shape = [1, -1] + [1] * (input.ndim - 2)
        values = input.float()
        mean = _mean_over_processes(values.mean(axes))
        centred = values - mean.view(shape)
        variance = _mean_over_processes(centred.square().mean(axes))
        self._follow(mean, variance, input.numel() // input.shape[1])
        scale = self.weight * (variance + self.eps).rsqrt()
        return (centred * scale.view(shape) + self.bias.view(shape)).to(input.dtype)

    @torch.no_grad()
    def _follow(self, mean: Tensor, variance: Tensor, own_count: int) -> None:
        """Moves the running statistics, the variance unbiased as torch's."""
        count = own_count * dist.get_world_size()
        unbiased = variance * (count / (count - 1))
        assert self.running_mean is not None and self.running_var is not None
        assert self.momentum is not None and self.num_batches_tracked is not None
        self.num_batches_tracked.add_(1)
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(unbiased, self.momentum)


def _mean_over_processes(value: Tensor) -> Tensor:
    return all_reduce(value) / dist.get_world_size()


def synchronise(network: nn.Module) -> nn.Module:
    """The network itself, its batch normalisations taking their statistics over all processes."""
    for module in network.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            module.__class__ = SynchronisedBatchNorm  # type: ignore[assignment]
    return network
