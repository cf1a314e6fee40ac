"""What every store of objects promises; tests/casebook/objects holds each store to it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class StoredObject:
    """An object without its bytes.

    name: below the store's prefix. size: bytes. generation: changes with every new content.
    updated: seconds since 1970.
    """

    name: str
    size: int
    generation: str
    updated: float


@dataclass(frozen=True)
class SignedUpload:
    """Where and with which form fields anyone may POST one file, for a while."""

    url: str
    fields: Mapping[str, str] = field(default_factory=dict)


class Objects(Protocol):
    """Bytes by name. Names that are given here are relative paths of [A-Za-z0-9._/-]: `put` and
    `signed_upload` raise InvalidParameter for others. What others put there has any name, and is
    read, listed and removed as ours is; a name that nothing can have is missing.

    Every method raises StoreUnavailable where the store cannot be reached.
    """

    @property
    def uri(self) -> str:
        """file:, gs: or s3:, up to the prefix."""

    def put(self, name: str, data: bytes, content_type: str) -> bool:
        """Writes an object whole unless its name is taken; whether it did."""

    def replace(self, name: str, data: bytes, content_type: str, generation: str) -> bool:
        """Writes an object whole in place of this generation of it; whether it did. What is gone
        stays gone.
        """

    def get(self, name: str, most_bytes: int) -> bytes:
        """The content; raises ObjectMissing, and FileTooLarge before reading more than that."""

    def stat(self, name: str) -> StoredObject:
        """What is known of an object; raises ObjectMissing."""

    def delete(self, name: str, generation: str | None = None) -> None:
        """Removes an object, if it is there and still of this generation (any, if None)."""

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        """The objects whose names begin so, by name."""

    def signed_upload(
        self, name: str, content_type: str, most_bytes: int, seconds: int
    ) -> SignedUpload | None:
        """A POST policy that bounds name, type, size and time; None where the store has none."""
