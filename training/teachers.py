"""Teachers: TorchScript networks whose embeddings the student learns to give."""

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import normalize
from tqdm import tqdm

from aifr.recognition.align import ARCFACE_SIDE, Crop, arcface_crop
from aifr.recognition.card import sha256
from training.atomic import write_atomically
from training.precision import bf16_is_fast
from training.prepared import Prepared

BATCH = 64
# A slope below zero written out: seven times the time of the operator in bf16 on a CPU.
WRITTEN_OUT = """
graph(%a, %slopes, %shape, %zero):
  %turned = aten::reshape(%slopes, %shape)
  %above = aten::gt(%a, %zero)
  %below = aten::mul(%a, %turned)
  %out = aten::where(%above, %a, %below)
  return (%out)"""
PRELU = """
graph(%a, %slopes, %shape, %zero):
  %out = aten::prelu(%a, %slopes)
  return (%out)"""


def teacher_embeddings(
    prepared: Prepared,
    teachers: list[Path],
    folder: Path,
    device: torch.device,
    weights: Sequence[float] | None = None,
) -> np.ndarray:
    """Unit float32 (n, d): the teachers' embeddings side by side, embedded once and then kept.
    Raises ValueError where what was kept is of other photos.

    weights: of the teachers' cosines in the cosine of what is joined; equal where not told.
    """
    parts = [_kept_embeddings(prepared, teacher, folder, device) for teacher in teachers]
    return joined(parts, weights)


def joined(parts: Sequence[np.ndarray], weights: Sequence[float] | None = None) -> np.ndarray:
    """Unit embeddings (n, d) of each teacher side by side, so that a cosine is the weighted mean
    of the teachers' cosines.
    """
    shares = np.ones(len(parts)) if weights is None else np.asarray(weights, np.float64)
    factors = np.sqrt(shares / shares.sum()).astype(np.float32)
    return np.concatenate([f * part for f, part in zip(factors, parts, strict=True)], axis=1)


def load_teacher(path: Path, device: torch.device) -> torch.jit.ScriptModule:
    """A teacher, its slopes below zero computed by one operator."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        network = torch.jit.load(str(path), map_location=device)
    torch._C._jit_pass_custom_pattern_based_rewrite_graph(WRITTEN_OUT, PRELU, network.graph)
    return network


def _kept_embeddings(
    prepared: Prepared, teacher: Path, folder: Path, device: torch.device
) -> np.ndarray:
    path = folder / f"teacher-{sha256(teacher)[:12]}.npy"
    if not path.exists():
        embeddings = embed_with_teacher(prepared.crops, prepared.crop, teacher, device)
        write_atomically(path, lambda file: np.save(file, embeddings))
    kept = np.load(path)
    if len(kept) != len(prepared.crops):
        raise ValueError(f"{path} is of other photos: remove it")
    return kept


def embed_with_teacher(
    crops: np.ndarray, crop: Crop, teacher: Path, device: torch.device
) -> np.ndarray:
    """The teacher's unit embeddings, float32 (n, d), of crops uint8 (n, side, side, 3)."""
    network = load_teacher(teacher, device)
    embeddings = []
    with (
        torch.inference_mode(),
        torch.autocast(device.type, torch.bfloat16, enabled=bf16_is_fast(device)),
    ):
        for start in tqdm(range(0, len(crops), BATCH), teacher.stem):
            pixels = teacher_pixels(crops[start : start + BATCH], crop).to(device)
            embeddings.append(normalize(network(pixels).float()).cpu())
    return torch.cat(embeddings).numpy()


def teacher_pixels(crops: np.ndarray, crop: Crop) -> torch.Tensor:
    """Crops of any spec -> the teachers' (n, 3, 112, 112) in [0, 1].

    Every crop shows the same template at its own scale, so that one fixed shift and scale leads
    from the one to the other.
    """
    pixels = torch.tensor(crops).permute(0, 3, 1, 2).float() / 255
    target = arcface_crop()
    if crop == target:
        return pixels.contiguous(memory_format=torch.channels_last)
    source_points, points = np.asarray(crop.template), np.asarray(target.template)
    scale = np.ptp(source_points, axis=0).mean() / np.ptp(points, axis=0).mean()
    shift = (source_points + 0.5).mean(axis=0) - (points + 0.5).mean(axis=0) * scale
    theta = torch.tensor([[scale, 0, 0], [0, scale, 0]], dtype=torch.float32)
    theta[:, :2] *= ARCFACE_SIDE / crop.side
    theta[:, 2] = torch.from_numpy((ARCFACE_SIDE * scale + 2 * shift) / crop.side - 1)
    grid = torch.nn.functional.affine_grid(
        theta.expand(len(pixels), 2, 3), [len(pixels), 3, ARCFACE_SIDE, ARCFACE_SIDE], False
    )
    return torch.nn.functional.grid_sample(pixels, grid, align_corners=False)
