"""The words that a text search finds a case by."""

import re
import unicodedata

MOST_WORDS = 100


def words_of(*texts: str) -> list[str]:
    """The first words of texts, each once, plain."""
    return list(dict.fromkeys(plain_words(" ".join(texts))))[:MOST_WORDS]


def plain_words(text: str) -> list[str]:
    """The words of a text in lower case and without diacritics, of two letters and more."""
    bare = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text.casefold())
        if not unicodedata.combining(letter)
    )
    return re.findall(r"\w{2,}", bare)
