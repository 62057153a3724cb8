"""The key under which forgotten people are remembered without being named (decision 0026).

What is stored of a forgotten person is HMAC-SHA256 (RFC 2104) of the kind and the value of each
key. `macros/forgotten_people.sql` computes the same in the warehouse.
"""

import hashlib
import hmac
import os

from python_scoring.errors import InputError

VARIABLE = "LEAD_SCORING_FORGET_KEY"
_BLOCK = hashlib.sha256().block_size
_SHORTEST = 32


def forget_key() -> bytes | None:
    """Return the key of LEAD_SCORING_FORGET_KEY, None where it is not set.

    Raises:
        InputError: It is too short to be secret, too long, or not plain text.
    """
    text = os.environ.get(VARIABLE, "")
    if not text:
        return None
    if not text.isascii() or not text.isprintable() or not _SHORTEST <= len(text) <= _BLOCK:
        raise _refused(f"{VARIABLE} is no key: {len(text)} characters.")
    return text.encode()


def required_forget_key() -> bytes:
    """Return the key of LEAD_SCORING_FORGET_KEY.

    Raises:
        InputError: It is not set, or cannot be used.
    """
    key = forget_key()
    if key is None:
        raise _refused(f"{VARIABLE} is not set.")
    return key


def keyed_hash(key: bytes, kind: str, value: str = "") -> str:
    """Return the 64 hexadecimal digits that stand for a key of a person.

    Args:
        key: As `forget_key` gives it.
        kind: Which key: advisor or lead; check for the hash that tells one secret from another.
        value: The CRD number or the lead id, as text.
    """
    return hmac.new(key, f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()


def pads(key: bytes) -> tuple[bytes, bytes]:
    """Return the inner and the outer pad of HMAC, one block each, for SQL that can hash only."""
    block = key.ljust(_BLOCK, b"\0")
    return bytes(byte ^ 0x36 for byte in block), bytes(byte ^ 0x5C for byte in block)


def _refused(what: str) -> InputError:
    return InputError(
        what,
        why="A CRD number is one of ten million: without a secret key anybody could find out who "
        "was forgotten by trying all of them.",
        where=f"the environment, {VARIABLE}",
        fix=f"Set {_SHORTEST} to {_BLOCK} letters and digits, kept where secrets are kept and "
        "never changed: python -c 'import secrets; print(secrets.token_hex(24))'",
    )
