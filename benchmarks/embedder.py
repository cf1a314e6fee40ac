"""Embedding one aligned face, ways of the same network beside each other:

    python -m benchmarks.embedder

One thread. The network has the shape of the served one and weights of its own, and what is observed
for int8 is noise: time does not depend on values. Needs the extra `bench`.
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"

import tempfile  # noqa: E402
import warnings  # noqa: E402
from collections.abc import Iterator  # noqa: E402
from pathlib import Path  # noqa: E402

import numpy as np  # noqa: E402
import onnxruntime  # noqa: E402
import torch  # noqa: E402
from onnxruntime.quantization import (  # noqa: E402
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process  # noqa: E402

from aifr.recognition.card import read_card  # noqa: E402
from aifr.recognition.model import load_embedder  # noqa: E402
from aifr.settings import Settings  # noqa: E402
from benchmarks.timing import Call, cpu_milliseconds, print_table  # noqa: E402
from training.export import Embedder, folded, trace  # noqa: E402
from training.networks.build import NetworkSettings, build_network  # noqa: E402
from training.networks.factorisation import FactorisedNetwork  # noqa: E402
from training.quantise import normalised, quantised  # noqa: E402
from training.torchscript import save  # noqa: E402

OBSERVED = 16
ROUNDS = 60


def embedders(network: FactorisedNetwork, side: int, folder: Path) -> dict[str, Call]:
    """One face through the eager network, its exports and ONNX Runtime; files go to the folder."""
    generator = np.random.default_rng(0)
    crops = generator.integers(0, 256, (OBSERVED, side, side, 3)).astype(np.uint8)
    pixels = normalised(crops)
    plain, small = folder / "fp32.onnx", folder / "int8.onnx"
    write_onnx(network, pixels[:1], plain)
    write_int8_onnx(plain, small, pixels)
    return {
        "eager": torch_call(Embedder(network), pixels[:1]),
        "exported": torch_call(exported(network, side, folder / "fp32.pt"), pixels[:1]),
        "exported, int8": torch_call(
            exported(quantised(network, crops), side, folder / "int8.pt", torch.float32), pixels[:1]
        ),
        "ONNX Runtime fp32": onnx_call(plain, pixels[:1]),
        "ONNX Runtime int8": onnx_call(small, pixels[:1]),
    }


def exported(
    network: FactorisedNetwork, side: int, path: Path, stored: torch.dtype = torch.float16
) -> torch.nn.Module:
    """The network as a model folder holds it and serving loads it."""
    save(trace(network, side, stored), path)
    return load_embedder(path, side)


def torch_call(embedder: torch.nn.Module, pixels: torch.Tensor) -> Call:
    """A call of a network of torch."""

    def call() -> object:
        with torch.inference_mode():
            return embedder(pixels)

    return call


def write_onnx(network: FactorisedNetwork, pixels: torch.Tensor, path: Path) -> None:
    """The network, batch normalisation folded."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            folded(Embedder(network)), (pixels,), str(path), input_names=["pixels"], dynamo=False
        )


class Noise(CalibrationDataReader):
    """What ONNX Runtime observes, a photo at a time."""

    def __init__(self, pixels: torch.Tensor) -> None:
        self._photos: Iterator[torch.Tensor] = iter(pixels)

    def get_next(self) -> dict[str, np.ndarray] | None:
        photo = next(self._photos, None)
        return None if photo is None else {"pixels": photo[None].contiguous().numpy()}


def write_int8_onnx(plain: Path, path: Path, pixels: torch.Tensor) -> None:
    """The same in int8, in the types that are fastest on x86."""
    prepared = path.with_suffix(".prepared")
    quant_pre_process(plain, prepared, skip_symbolic_shape=True)
    quantize_static(
        prepared,
        path,
        Noise(pixels),
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
    )


def onnx_call(path: Path, pixels: torch.Tensor) -> Call:
    """A call of ONNX Runtime on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(path.read_bytes(), options, ["CPUExecutionProvider"])
    given = {"pixels": pixels.contiguous().numpy()}
    return lambda: session.run(None, given)


def main() -> None:
    """Prints the table."""
    card = read_card(Settings().model_folder)
    torch.set_num_threads(1)
    network = build_network(NetworkSettings(**card.training["settings"]["network"])).eval()
    with tempfile.TemporaryDirectory() as folder:
        calls = embedders(network, card.crop.side, Path(folder))
    print_table("One aligned face to its embedding", cpu_milliseconds(calls, ROUNDS), "eager")


if __name__ == "__main__":
    main()
