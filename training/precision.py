"""Where bf16 pays: on GPUs, and on CPUs with instructions for it; on others it is slower by far."""

import torch


def bf16_is_fast(device: torch.device) -> bool:
    """Whether a device multiplies bf16 in hardware."""
    return device.type == "cuda" or torch.cpu._is_avx512_bf16_supported()
