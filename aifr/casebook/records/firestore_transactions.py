"""Transactions of Firestore, begun again where another got in between.

The client's own wait a minute for a store that cannot be reached, and give up after five conflicts.
"""

import random
import time
from collections.abc import Callable
from contextlib import suppress

from google.api_core import exceptions
from google.cloud.firestore import Client, Transaction

from aifr.casebook.records.contract import Result
from aifr.casebook.records.firestore_calls import CALL_SECONDS, READING

CONFLICT_SECONDS = 30.0
ROLLBACK_SECONDS = 2.0
FIRST_PAUSE, MOST_PAUSE = 0.05, 1.0


class BoundedTransaction(Transaction):
    """One attempt, in bounded time."""

    def _begin(self, retry_id: bytes | None = None) -> None:
        request = {
            "database": self._client._database_string,
            "options": self._options_protobuf(retry_id),
        }
        api = self._client._firestore_api
        begun = api.begin_transaction(request, metadata=self._client._rpc_metadata, **READING)
        self._id = begun.transaction

    def _commit(self) -> list:
        request = {
            "database": self._client._database_string,
            "writes": self._write_pbs,
            "transaction": self._id,
        }
        # Not tried again: when no answer came, it may have been done.
        done = self._client._firestore_api.commit(
            request, metadata=self._client._rpc_metadata, retry=None, timeout=CALL_SECONDS
        )
        self._clean_up()
        return list(done.write_results)

    def _rollback(self) -> None:
        request = {"database": self._client._database_string, "transaction": self._id}
        self._clean_up()
        # Where this fails, the locks end by themselves.
        with suppress(exceptions.GoogleAPIError):
            self._client._firestore_api.rollback(
                request,
                metadata=self._client._rpc_metadata,
                retry=None,
                timeout=ROLLBACK_SECONDS,
            )


def transact(client: Client, work: Callable[[Transaction], Result]) -> Result:
    """Runs `work` in a transaction, and again where another got in between; raises Aborted where
    others do so for CONFLICT_SECONDS.
    """
    deadline = time.monotonic() + CONFLICT_SECONDS
    pause, first = FIRST_PAUSE, None
    while True:
        transaction = BoundedTransaction(client)
        # By the name of the first attempt the later ones keep their place in line.
        transaction._begin(first)
        first = first or transaction.id
        try:
            result = work(transaction)
            transaction._commit()
            return result
        except exceptions.Aborted:
            if time.monotonic() > deadline:
                raise
        except BaseException:
            transaction._rollback()
            raise
        time.sleep(random.uniform(0, pause))
        pause = min(MOST_PAUSE, 2 * pause)
