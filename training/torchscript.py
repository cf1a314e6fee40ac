"""Saving TorchScript so that the same network gives the same bytes on every machine."""

from pathlib import Path

import torch


def save(module: torch.jit.ScriptModule, path: Path) -> None:
    """Saves without debug records: they hold file paths of the machine, and nothing reads them."""
    whole = path.with_suffix(".whole")
    module.save(str(whole))
    reader = torch._C.PyTorchFileReader(str(whole))
    writer = torch._C.PyTorchFileWriter(str(path))
    for name in reader.get_all_records():
        if name.endswith(".debug_pkl") or name in WRITTEN_ANEW:
            continue
        content = reader.get_record(name)
        writer.write_record(name, content, len(content))
    writer.write_end_of_file()
    whole.unlink()


WRITTEN_ANEW = ("version", ".data/version", ".data/serialization_id", "byteorder")
