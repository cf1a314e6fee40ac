"""What other processes do to the same SQLite file: each function runs in one of its own."""

import multiprocessing
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess

from aifr.casebook.records.contract import FaceFilter, Records, Transaction
from aifr.casebook.records.open import open_records
from tests.casebook.records.made import a_face, units


def started(work: Callable[..., None], *arguments: object) -> BaseProcess:
    """A process that shares nothing with this one but what it is given."""
    process = multiprocessing.get_context("spawn").Process(target=work, args=arguments, daemon=True)
    process.start()
    return process


def finished(*processes: BaseProcess) -> list[int | None]:
    """The exit statuses, None of those that do not end within a minute."""
    deadline = time.monotonic() + 60
    for process in processes:
        process.join(max(0, deadline - time.monotonic()))
    return [process.exitcode for process in processes]


def write_one(records: Records, name: str, number: int) -> None:
    """In one transaction a document, its face, and one more in the count of all."""

    def work(transaction: Transaction) -> None:
        counted = transaction.get("limits", "all") or {"count": 0}
        transaction.put("photos", f"{name}{number}", {"created": number, "subject": name})
        transaction.put_face(a_face(f"{name}{number}", units(1)[0], subject=name))
        transaction.put("limits", "all", {"count": counted["count"] + 1})

    records.transact(work)


def remove_one(records: Records, name: str, number: int) -> None:
    """Undoes `write_one`."""

    def work(transaction: Transaction) -> None:
        counted = transaction.get("limits", "all") or {"count": 0}
        transaction.delete("photos", f"{name}{number}")
        transaction.delete_face(f"{name}{number}")
        transaction.put("limits", "all", {"count": counted["count"] - 1})

    records.transact(work)


def write(address: str, name: str, count: int) -> None:
    """Writes `count` one after another."""
    records = open_records(address)
    for number in range(count):
        write_one(records, name, number)
    records.close()


def write_until_killed(address: str, name: str) -> None:
    """Writes and deletes for ever."""
    records = open_records(address)
    number = 0
    while True:
        write_one(records, name, number)
        if number % 3 == 2:
            remove_one(records, name, number - 1)
        number += 1


def read_until(address: str, total: int) -> None:
    """Searches until all are there; fails where it ever finds fewer than before."""
    records = open_records(address)
    probe, seen = units(1)[0], 0
    while seen < total:
        found = len(records.nearest(probe, FaceFilter("g"), 1000))
        assert found >= seen
        seen = found
    records.close()


def delete(address: str, photo: str) -> None:
    """Deletes a face."""
    records = open_records(address)
    records.transact(lambda transaction: transaction.delete_face(photo))
    records.close()
