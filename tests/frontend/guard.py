"""What no page may ever do."""

from playwright.sync_api import ConsoleMessage, Page, Request

REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy broken: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


class Guard:
    """Watches pages. broken: what they did that they must not, in words."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.broken: list[str] = []

    def watch(self, page: Page) -> None:
        """Listens to a page before it goes anywhere."""
        page.add_init_script(REPORT_VIOLATIONS)
        page.on("console", self._console)
        page.on("pageerror", lambda problem: self.broken.append(f"error: {problem}"))
        page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        # An answer of 4xx, and a network that was taken away, are no fault of the page.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.broken.append(message.text)

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.address, "blob:", "data:")):
            self.broken.append(f"asked {request.url}")
