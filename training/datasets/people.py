"""People under one name, however a data set spells it."""

import unicodedata


def person(identity: str) -> str:
    """The identity label without its data set, accents, case and punctuation:
    "agedb/MariaCallas" and "cacd/Maria_Callas" are both "mariacallas".
    """
    name = identity.split("/", 1)[-1]
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in plain if letter.isalnum())
