"""Distillation: the student's identity learns the teacher's embedding and its similarities."""

import torch
from torch import Tensor, nn
from torch.nn.functional import cosine_similarity, normalize


def isometry(teacher_size: int, size: int, seed: int = 0) -> Tensor:
    """A fixed (teacher_size, size) map with orthonormal rows: it places the teacher's embedding in
    the student's larger space and keeps every cosine. Needs size >= teacher_size.
    """
    generator = torch.Generator().manual_seed(seed)
    square = torch.randn(size, teacher_size, generator=generator)
    return torch.linalg.qr(square).Q.T.contiguous()


class DistillationLoss(nn.Module):
    """(1 - cosine to the teacher) + weight x squared difference of the similarity matrices.

    The second term is relational (Park et al. 2019): pairs within the batch, photo beside photo.
    """

    placement: Tensor

    def __init__(self, teacher_size: int, size: int = 512, similarity_weight: float = 2.0) -> None:
        super().__init__()
        self.register_buffer("placement", isometry(teacher_size, size))
        self.similarity_weight = similarity_weight

    def forward(self, x_id: Tensor, teacher: Tensor) -> Tensor:
        """x_id (n, size), any length; teacher: unit (n, teacher_size)."""
        alignment = 1 - cosine_similarity(x_id, teacher @ self.placement)
        unit = normalize(x_id)
        difference = unit @ unit.T - teacher @ teacher.T
        return alignment.mean() + self.similarity_weight * difference.square().mean()
