"""CPU time of calls, measured in turns so that a slow moment of the machine hits all alike."""

from collections.abc import Callable, Mapping
from statistics import median
from time import process_time

from tqdm import tqdm

Call = Callable[[], object]


def cpu_milliseconds(calls: Mapping[str, Call], rounds: int = 15) -> dict[str, float]:
    """Median CPU milliseconds of each call over rounds in which every call has its turn."""
    for call in calls.values():
        call()
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in tqdm(range(rounds), "rounds"):
        for name, call in calls.items():
            started = process_time()
            call()
            times[name].append((process_time() - started) * 1000)
    return {name: median(values) for name, values in times.items()}


def print_table(title: str, times: Mapping[str, float], base: str) -> None:
    """A Markdown table of times and of their ratios to one of them."""
    print(f"\n{title}\n\n| | CPU ms | ratio to {base} |\n| --- | ---: | ---: |")
    for name, value in times.items():
        print(f"| {name} | {value:.1f} | {value / times[base]:.2f} |")
