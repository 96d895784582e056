"""Serves the page's own files from memory, compressed, under an address that changes with their content."""

import gzip
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from handlers.web_body import Refused

FOLDER = Path(__file__).parent / "static"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class File:
    """One file as it is sent, plain and compressed."""

    kind: str
    plain: bytes
    packed: bytes


class Static:
    """The files of `folder`, served below `base`. `prefix` names their version, so a browser may keep them for ever."""

    def __init__(self, folder: Path = FOLDER, base: str = "/static") -> None:
        self._files = {path.name: _file(path) for path in sorted(folder.iterdir()) if path.suffix in TYPES}
        self.version = sha256(b"".join(file.plain for file in self._files.values())).hexdigest()[:12]
        self.prefix = f"{base}/{self.version}"
        self.scripts = tuple(name for name in self._files if name.endswith(".js"))

    async def serve(self, request: Request) -> Response:
        """Any version gets the files there are: during an upgrade a page may ask for its older ones."""
        file = self._files.get(request.path_params["name"])
        if file is None:
            raise Refused(404, "not_found")
        current = request.path_params["version"] == self.version
        headers = {"Cache-Control": FOR_EVER if current else "no-cache", "Vary": "Accept-Encoding"}
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(file.plain, media_type=file.kind, headers=headers)
        return Response(file.packed, media_type=file.kind, headers=headers | {"Content-Encoding": "gzip"})


def _file(path: Path) -> File:
    content = path.read_bytes()
    return File(TYPES[path.suffix], content, gzip.compress(content, mtime=0))
