"""A headless Chromium, by its DevTools protocol: what a page asks for, says and looks like."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import websocket

PROGRAM = "chromium"
FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
    *("--no-first-run", "--disable-background-networking", "--disable-component-update"),
    *("--disable-extensions", "--hide-scrollbars", "--remote-debugging-port=0"),
    "--remote-allow-origins=*",
)
TIMEOUT_SECONDS = 60
POLL_SECONDS = 0.05
DRAWN = "!!(document.documentElement && document.documentElement.dataset.drawn)"
LISTENING = re.compile(r"DevTools listening on (ws://\S+)")


@dataclass
class Browser:
    """One tab.

    errors: of the console and uncaught ones.  requests: addresses that the page asked for.
    """

    socket: websocket.WebSocket
    session: str = ""
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    number: int = 0

    def ask(self, method: str, **parameters: Any) -> Mapping[str, Any]:
        """A command and its answer; what else is reported meanwhile is kept."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        self.socket.send(json.dumps(message))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == self.number:
                assert "error" not in answer, f"{method}: {answer['error']['message']}"
                return answer["result"]
            self._hear(answer)

    def _hear(self, event: Mapping[str, Any]) -> None:
        parameters = event.get("params", {})
        match event.get("method"):
            case "Runtime.exceptionThrown":
                self.errors.append(json.dumps(parameters["exceptionDetails"]))
            case "Runtime.consoleAPICalled" if parameters["type"] in ("error", "warning"):
                self.errors.append(json.dumps(parameters["args"]))
            case "Log.entryAdded" if parameters["entry"]["level"] in ("error", "warning"):
                self.errors.append(parameters["entry"]["text"])
            case "Network.requestWillBeSent":
                self.requests.append(parameters["request"]["url"])

    def open(self, page: Path, width: int, height: int = 800, dark: bool = False) -> None:
        """Show a file, and wait until it is drawn."""
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.ask("Emulation.setEmulatedMedia", features=[scheme])
        self.ask("Page.navigate", url=page.as_uri())
        drawn = f"location.href === {json.dumps(page.as_uri())} && {DRAWN}"
        end = time.monotonic() + TIMEOUT_SECONDS
        while not self.value(drawn):
            assert time.monotonic() < end, f"{page} was not drawn: {self.errors}"
            time.sleep(POLL_SECONDS)

    def value(self, expression: str) -> Any:
        """What an expression of JavaScript, or its promise, comes to."""
        answer = self.ask(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def point_at(self, selector: str, place: int = 0) -> None:
        """Move the pointer onto the n-th element of that selector."""
        x, y = self._middle(selector, place)
        self.ask("Input.dispatchMouseEvent", type="mouseMoved", x=x - 1, y=y)
        self.ask("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def click(self, selector: str, place: int = 0) -> None:
        """Press and release the left button there."""
        x, y = self._middle(selector, place)
        for kind in ("mousePressed", "mouseReleased"):
            self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def _middle(self, selector: str, place: int) -> tuple[float, float]:
        element = f"document.querySelectorAll({json.dumps(selector)})[{place}]"
        self.value(f"{element}.scrollIntoView({{block: 'center', inline: 'center'}})")
        return tuple(
            self.value(
                f"(box => [box.x + box.width / 2, box.y + box.height / 2])"
                f"({element}.getBoundingClientRect())"
            )
        )

    def screenshot(self, file: Path, whole: bool = True) -> None:
        """PNG of the page from top to bottom, or of what a window shows of it."""
        size = self.ask("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        area = {"clip": clip, "captureBeyondViewport": True} if whole else {}
        file.write_bytes(base64.b64decode(self.ask("Page.captureScreenshot", **area)["data"]))

    def pdf(self, file: Path) -> None:
        """The page as it is printed."""
        answer = self.ask("Page.printToPDF", preferCSSPageSize=True)
        file.write_bytes(base64.b64decode(answer["data"]))


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """A Chromium with its profile in that folder; it ends with the block."""
    command = [PROGRAM, *FLAGS, f"--user-data-dir={folder / 'profile'}", "about:blank"]
    with (folder / "chromium.log").open("w+") as log:
        process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=log, text=True)
        try:
            address = next(found[1] for line in process.stderr if (found := LISTENING.search(line)))
            socket = websocket.create_connection(address, timeout=TIMEOUT_SECONDS)
            yield _tab(Browser(socket))
            socket.close()
        finally:
            process.kill()
            process.wait()
            process.stderr.close()


def _tab(opened: Browser) -> Browser:
    target = opened.ask("Target.createTarget", url="about:blank")["targetId"]
    attached = opened.ask("Target.attachToTarget", targetId=target, flatten=True)
    opened.session = attached["sessionId"]
    for domain in ("Page", "Runtime", "Network", "Log"):
        opened.ask(f"{domain}.enable")
    return opened
