"""Names that others give their files: 200 and more, none as we would choose it."""

import unicodedata
from pathlib import Path
from typing import Any

SIGNS = " !\"#$%&'()*+,:;<=>?@[]^`{|}~\\"
WORDS = (
    "my photo",
    "Ștefan și Țuțu",
    "São João",
    "Müller",
    "фото",
    "写真",
    "صورة",
    "תמונה",
    "ภาพ",
    "👧🏽",
    "a\u200bb",
    "a\u202eb",
    "e\u0301",
    "\u00e9",
    "\ufeffa",
    "ǅ",
    "Žižek",
    "Łódź",
    "Ångström",
    "Đorđe",
    "naïve façade",
)
ODD = (
    " ",
    "  ",
    ".hidden",
    "..hidden",
    "...",
    "-rf",
    "--help",
    "~",
    "CON",
    "nul.jpg",
    "a.",
    "a ",
    " a",
    "a..b",
    "..%2f..%2fescape",
    "%2e%2e",
    "%00",
    "%",
    "%zz",
    "a%20b",
    "+unfinished",
    "a\\..\\b",
    "..\\..\\windows",
    "a\tb",
    "=HYPERLINK(1)",
    "@import",
    "p",
    "photo.jpg",
    "pANY.thing.jpg",
    "p0123456789abcdef0123.jpg",
    "p0123456789abcdef0123",
    "p0123456789ABCDEF0123.jpg",
    "c0123456789abcdef0123",
    "IMG_0001.JPG",
    "IMG_0001(1).JPG",
    "null",
    "undefined",
    "' OR 1=1 --",
    "$(touch x)",
    "`id`",
    "x" * 250,
    "ș" * 120,
    "👧" * 60,
    "x?y=z#f",
    "c:d",
    "__name__",
    "a/b",
    "a/ b /c",
    "a/.../c",
    "deep/" * 20 + "x",
    "+unfinished/x",
    "a/+unfinished",
    "album of 2004/my photo.jpg",
    ".well-known/x",
)
# What gcp-storage-emulator takes for a part of an address; Cloud Storage itself does not.
MISREAD = "#;?%\\"
# Which Cloud Storage refuses.
BREAKS = ("a\nb", "a\rb", "a\r\nb", "\n", "b\n")


def foreign_names() -> list[str]:
    """Names without a line break, which every kind of store can hold."""
    words = [f"{word}{end}" for word in WORDS for end in ("", ".jpg", ".jpeg", ".HEIC")]
    turned = [unicodedata.normalize(form, word) for word in words for form in ("NFC", "NFD")]
    signs = [name for sign in SIGNS for name in (f"a{sign}b.jpg", f"{sign}.jpg")]
    return list(dict.fromkeys([*turned, *signs, *ODD]))


def names_of_a_folder() -> list[str]:
    """Those and what only a folder can hold, bytes that are no text among them."""
    bytes_of_latin_1 = b"M\xfcller.jpg".decode("utf-8", "surrogateescape")
    taken = {"a/b", "a/ b /c", "a/.../c", "a/+unfinished", "+unfinished/x"}
    names = [f"folder {name}" if name in taken else name for name in foreign_names()]
    return [*names, "dir/+unfinished", *BREAKS, bytes_of_latin_1, "control\x01.jpg", "\x7f"]


def put_foreign(store: Any, name: str, data: bytes) -> None:
    """What somebody else does to a store, by their own means."""
    if store.uri.startswith("file:"):
        path = Path(store.uri.removeprefix("file:")) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    elif store.uri.startswith("gs:"):
        store._bucket.blob(store._prefix + name).upload_from_string(data, "image/jpeg")
    else:
        key = store._prefix + name
        store._client.put_object(Bucket=store._bucket, Key=key, Body=data)
