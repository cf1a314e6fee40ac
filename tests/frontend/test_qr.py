"""QR codes, beside those of another hand."""

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from qrcode.util import MODE_8BIT_BYTE, QRData

from tests.frontend.conftest import Open

MASKS = range(8)
MODULES = "async words => (await import('/scripts/qr.js')).qrModules(words)"
# Each of the ten sizes, full to the last byte where the length says so.
TEXTS = [
    "a",
    *("a" * most for most in (14, 26, 42, 62, 84, 106, 122, 152, 180, 213)),
    "https://example.org/case.html?case=c0123456789abcdef0123",
    "Peste ani – ă î ș ț",
]


def theirs(words: str, mask: int) -> list[list[bool]]:
    code = QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=mask)
    code.add_data(QRData(words.encode(), mode=MODE_8BIT_BYTE), optimize=0)
    code.make()
    return [[bool(module) for module in row] for row in code.get_matrix()]


def test_a_code_is_what_the_standard_makes_of_the_text(open_page: Open) -> None:
    page = open_page("/privacy.html")

    for words in TEXTS:
        ours = page.evaluate(MODULES, words)

        assert any(ours == theirs(words, mask) for mask in MASKS), words


def test_a_text_that_is_too_long_is_refused(open_page: Open) -> None:
    page = open_page("/privacy.html")

    refused = page.evaluate(
        f"words => ({MODULES})(words).catch(problem => problem.message)", "a" * 214
    )

    assert refused == "Too long for a QR code"
