"""Sets of milliseconds as sorted, disjoint, half-open intervals: the only arithmetic crediting needs.

Every function takes and returns plain lists of `(start, end)` in integer milliseconds. Only `union`
accepts disorder; the others rely on sorted disjoint input and keep it so.
"""

from collections.abc import Iterable, Sequence

Interval = tuple[int, int]


def union(parts: Iterable[Interval]) -> list[Interval]:
    """All milliseconds of `parts`, sorted and merged. Empty and reversed intervals hold nothing."""
    merged: list[Interval] = []
    for start, end in sorted(parts):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            if end > merged[-1][1]:
                merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


def cut(parts: Iterable[Interval], low: int, high: int) -> list[Interval]:
    """What of `parts` lies in `[low, high)`."""
    return [
        (max(start, low), min(end, high)) for start, end in parts if start < high and end > low and low < high
    ]


def minus(parts: Sequence[Interval], taken: Sequence[Interval]) -> list[Interval]:
    """The milliseconds of `parts` that are not in `taken`, in one walk along both."""
    left: list[Interval] = []
    first = 0
    for start, end in parts:
        while first < len(taken) and taken[first][1] <= start:
            first += 1
        index = first  # what is taken here may reach into the next part as well, so `first` stays
        while index < len(taken) and taken[index][0] < end:
            low, high = taken[index]
            if low > start:
                left.append((start, low))
            start = high
            index += 1
        if start < end:
            left.append((start, end))
    return left


def length(parts: Iterable[Interval]) -> int:
    """Milliseconds in all."""
    return sum(end - start for start, end in parts)


def prefix(parts: Iterable[Interval], hole: int) -> int:
    """Where the covered beginning ends, counted from 0, when gaps of at most `hole` ms count as closed."""
    frontier = 0
    for start, end in parts:
        if start > frontier + hole:
            break
        frontier = end
    return frontier


def touching(parts: Iterable[Interval], frontier: int, hole: int) -> list[Interval]:
    """What of `parts` carries on from `frontier` without skipping more than `hole` ms at a time.

    Nothing behind the frontier is returned: a hole once closed is closed for good.
    """
    carried: list[Interval] = []
    for start, end in parts:
        if start > frontier + hole:
            break
        if end > frontier:
            carried.append((max(start, frontier), end))
            frontier = end
    return carried


def lay(media: Sequence[Interval], wall: Sequence[Interval]) -> list[tuple[int, int, int]]:
    """Lay media on wall time, millisecond by millisecond, until either is used up.

    Returns `(a, x, n)`: n ms of media from a on wall time from x, one triple per unbroken stretch of both.
    """
    laid: list[tuple[int, int, int]] = []
    stretches = iter(wall)
    x, wall_end = 0, 0
    for a, media_end in media:
        while a < media_end:
            if x == wall_end:
                stretch = next(stretches, None)
                if stretch is None:
                    return laid
                x, wall_end = stretch
            n = min(media_end - a, wall_end - x)
            laid.append((a, x, n))
            a += n
            x += n
    return laid
