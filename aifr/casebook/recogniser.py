"""The recogniser of this process, as ingestion calls it; the model is loaded at the first photo."""

from aifr.casebook.ingestion import Recognise
from aifr.recognition.model import load_model
from aifr.recognition.recognise import Recognition, recognise
from aifr.settings import Settings


def recogniser(settings: Settings) -> Recognise:
    """Looks at the chosen face of a photo, the largest where none was; raises ModelUnavailable and
    what `recognise` raises.
    """

    def look(data: bytes, chosen: int | None) -> Recognition:
        model = load_model(settings.model_folder, settings.torch_threads)
        return recognise(data, model, settings, "largest" if chosen is None else chosen)

    return look
