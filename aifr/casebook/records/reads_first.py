"""Every read of a transaction comes before its first write.

Firestore cannot do otherwise. Where it could be done, it is refused all the same, so that what
works on one home works on the other.
"""


class ReadsFirst:
    """Told of each read and write of one transaction."""

    def __init__(self) -> None:
        self._wrote = False

    def reading(self) -> None:
        """Raises RuntimeError after a write."""
        if self._wrote:
            raise RuntimeError("a transaction read after it had written")

    def writing(self) -> None:
        """From now on nothing may be read."""
        self._wrote = True
