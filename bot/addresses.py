"""The addresses to open in a browser, for the line printed at start."""

import socket


def addresses(bind: str) -> list[str]:
    """Where a page bound to `bind` (`host:port`) can be reached: also from a phone, when bound to every interface."""
    host, _, port = bind.rpartition(":")
    if host in ("0.0.0.0", "[::]", "::", ""):
        return [f"http://{own}:{port}" for own in dict.fromkeys(("127.0.0.1", _outward()))]
    return [f"http://[{host}]:{port}" if ":" in host and host[0] != "[" else f"http://{bind}"]


def _outward() -> str:
    """This machine's address in its own network. Connecting a datagram socket sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])
