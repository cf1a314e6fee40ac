"""Embeds all photos anew after a change of the model: `python -m aifr.casebook.reembed`.

Until a photo's turn has come, no search by the new model finds it. Resumes where it stopped.
"""

from aifr.casebook.home import home
from aifr.casebook.recogniser import recogniser
from aifr.casebook.unfinished import embed_anew
from aifr.recognition.card import read_card
from aifr.settings import settings


def main() -> None:
    chosen = settings()
    card = read_card(chosen.model_folder)
    count = embed_anew(home(), recogniser(chosen), card, chosen)
    print(f"{count} photos embedded by {card.version}")


if __name__ == "__main__":
    main()
