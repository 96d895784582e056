"""The addresses printed at start."""

import socket

import pytest

from bot.addresses import addresses


@pytest.mark.parametrize(
    ("bind", "shown"),
    [
        ("127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("localhost:80", "http://localhost:80"),
        ("[::1]:8080", "http://[::1]:8080"),
        ("::1:8080", "http://[::1]:8080"),
    ],
)
def test_one_interface(bind: str, shown: str) -> None:
    assert addresses(bind) == [shown]


@pytest.mark.parametrize("bind", ["0.0.0.0:8080", "[::]:8080", ":::8080"])
def test_every_interface(bind: str) -> None:
    found = addresses(bind)
    assert found[0] == "http://127.0.0.1:8080"
    assert 1 <= len(found) <= 2
    assert len(set(found)) == len(found)


def test_without_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object) -> None:
        raise OSError

    class Offline(socket.socket):
        connect = unreachable

    monkeypatch.setattr("bot.addresses.socket.socket", Offline)
    assert addresses("0.0.0.0:80") == ["http://127.0.0.1:80"]
