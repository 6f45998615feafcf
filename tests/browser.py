"""A browser for tests: Chromium without a window, driven through a pipe (Chrome DevTools Protocol), so that no port is opened."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

_SECONDS = 20


class Browser:
    """One page. ``requests`` has the addresses of all that it asked for; names other than 127.0.0.1 are not resolved."""

    def __init__(self, program: str, width: int = 1100, height: int = 1500) -> None:
        self.requests: list[str] = []
        self._profile = Path(tempfile.mkdtemp(prefix="ess-lod-browser-"))
        their_in, self._out = os.pipe()
        self._in, their_out = os.pipe()
        self._poll = select.poll()
        self._poll.register(self._in, select.POLLIN)
        command = [
            program,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--disable-quic",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            "--remote-debugging-pipe",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            f"--user-data-dir={self._profile}",
            f"--window-size={width},{height}",
        ]
        # the protocol wants its pipes as descriptors 3 and 4
        self._process = subprocess.Popen(
            ["bash", "-c", f'exec 3<&{their_in} 4>&{their_out}; exec "$@"', "browser", *command],
            pass_fds=(their_in, their_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(their_in)
        os.close(their_out)
        self._rest, self._number, self._session = b"", 0, ""
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "DOM"):
            self._call(f"{domain}.enable")

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.terminate()
        try:
            self._process.wait(_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(_SECONDS)
        os.close(self._in)
        os.close(self._out)
        shutil.rmtree(self._profile, ignore_errors=True)

    def open(self, address: str) -> None:
        """Go to an address and wait until it is loaded."""
        self._call("Page.navigate", url=address)
        self._until("Page.loadEventFired")

    def resize(self, width: int, height: int = 1000) -> None:
        """Show pages at another size, in CSS pixels; also a smaller one than a window can have."""
        self._call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def media(self, name: str = "", **features: str) -> None:
        """Show pages as on ``print``, or as preferred: ``prefers_color_scheme="dark"``."""
        wanted = [{"name": feature.replace("_", "-"), "value": value} for feature, value in features.items()]
        self._call("Emulation.setEmulatedMedia", media=name, features=wanted)

    def picture(self, path: Path) -> None:
        """Write what the whole page looks like, as PNG."""
        path.write_bytes(base64.b64decode(self._call("Page.captureScreenshot", captureBeyondViewport=True)["data"]))

    def press(self, key: str, code: int) -> None:
        """A key that writes nothing, by its name and its number: ``("Tab", 9)``."""
        for kind in ("rawKeyDown", "keyUp"):
            self._call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)

    def scripts(self, *, allowed: bool) -> None:
        """Let the pages that are opened next run scripts, or not."""
        self._call("Emulation.setScriptExecutionDisabled", value=not allowed)

    def value(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page."""
        found = self._call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in found:
            raise AssertionError(found["exceptionDetails"])
        return found["result"].get("value")

    def wait(self, expression: str) -> None:
        """Wait until an expression is ``true``."""
        deadline = time.monotonic() + _SECONDS
        while self.value(expression) is not True:
            assert time.monotonic() < deadline, expression
            time.sleep(0.05)

    def html(self, selector: str) -> str:
        """The HTML of the first element that a selector finds, without running a script."""
        root = self._call("DOM.getDocument")["root"]["nodeId"]
        node = self._call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        return str(self._call("DOM.getOuterHTML", nodeId=node)["outerHTML"])

    def _call(self, method: str, **parameters: object) -> dict[str, Any]:
        self._number += 1
        message: dict[str, object] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + _SECONDS
        while True:
            found = self._next(deadline)
            if found.get("id") == self._number:
                assert "error" not in found, (method, found["error"])
                result: dict[str, Any] = found["result"]
                return result

    def _until(self, event: str) -> None:
        deadline = time.monotonic() + _SECONDS
        while self._next(deadline).get("method") != event:
            pass

    def _next(self, deadline: float) -> dict[str, Any]:
        while b"\0" not in self._rest:
            assert self._poll.poll(1000 * max(0.0, deadline - time.monotonic())), "the browser does not answer"
            piece = os.read(self._in, 1 << 16)
            assert piece, "the browser has gone"
            self._rest += piece
        one, _, self._rest = self._rest.partition(b"\0")
        found: dict[str, Any] = json.loads(one)
        if found.get("method") == "Network.requestWillBeSent":
            self.requests.append(found["params"]["request"]["url"])
        return found
