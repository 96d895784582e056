"""Passwords as kept: scrypt with a salt of its own each, the cost written beside it. Used by sign-in and `staff add`."""

import base64
import binascii
import hashlib
import hmac
import secrets

COST, BLOCK, LANES = 2**15, 8, 1
MEMORY = 64 * 1024 * 1024
SHORTEST = 8
LONGEST = 1000


def hashed(password: str) -> str:
    """The password as it may be stored, below 255 characters."""
    salt = secrets.token_bytes(16)
    parts = (salt, _derived(password, salt, COST, BLOCK, LANES))
    return "$".join(["scrypt", str(COST), str(BLOCK), str(LANES), *(base64.b64encode(part).decode() for part in parts)])


def matches(password: str, stored: str | None) -> bool:
    """Whether it is the stored password. Takes as long where none is stored, which tells nobody which accounts exist."""
    try:
        _, cost, block, lanes, salt, key = (stored or NOBODY).split("$")
        given = _derived(password, base64.b64decode(salt), int(cost), int(block), int(lanes))
        return hmac.compare_digest(given, base64.b64decode(key)) and stored is not None
    except (ValueError, binascii.Error):
        return False


def _derived(password: str, salt: bytes, cost: int, block: int, lanes: int) -> bytes:
    plain = password[:LONGEST].encode("utf-8", "replace")
    return hashlib.scrypt(plain, salt=salt, n=cost, r=block, p=lanes, maxmem=MEMORY, dklen=32)


NOBODY = f"scrypt${COST}${BLOCK}${LANES}$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
