"""Draws that a seed and a place decide, so that a run can stop and go on, and be repeated."""

from hashlib import blake2b


def draw(below: int, *place: object) -> int:
    """A number from 0 to below `below`, the same for the same place."""
    digest = blake2b("/".join(map(str, place)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % below
