"""Merkle tree hash, inclusion paths and their check (RFC 6962, sections 2.1 and 2.1.1). A leaf is the hash of an entry."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import sha256

EMPTY = sha256().digest()


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """The complete subtrees of a tree that grows: 32 bytes for each bit of its size, whatever the number of leaves."""

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        """Raises ValueError when the number of peaks is not the number of 1 bits of `size`."""
        self.size = size
        self.peaks = list(peaks)
        if size < 0 or len(self.peaks) != size.bit_count() or any(len(peak) != 32 for peak in self.peaks):
            raise ValueError("peaks do not fit the size")

    def append(self, leaf: bytes) -> None:
        level = self.size
        while level & 1:
            leaf = node(self.peaks.pop(), leaf)
            level >>= 1
        self.peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        if not self.peaks:
            return EMPTY
        *others, root = self.peaks
        for peak in reversed(others):
            root = node(peak, root)
        return root


def root_of(leaves: Iterable[bytes]) -> bytes:
    tree = Frontier()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root()


def sibling_ranges(index: int, size: int) -> list[tuple[int, int]]:
    """Half-open ranges of leaves whose roots are the inclusion path of leaf `index` (from 0), from the leaf up. Raises ValueError."""
    if not 0 <= index < size:
        raise ValueError("no such leaf")
    ranges, start = [], 0
    while size > 1:
        half = 1 << ((size - 1).bit_length() - 1)
        if index < half:
            ranges.append((start + half, start + size))
            size = half
        else:
            ranges.append((start, start + half))
            start, index, size = start + half, index - half, size - half
    return ranges[::-1]


def inclusion_path(index: int, size: int, leaves: Callable[[int, int], Iterable[bytes]]) -> list[bytes]:
    """The path of leaf `index` in the tree of the first `size` leaves; `leaves(start, stop)` gives a range of them. Raises ValueError."""
    return [root_of(leaves(start, stop)) for start, stop in sibling_ranges(index, size)]


def root_from_path(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The root that a leaf and its path lead to. Raises ValueError when the length of the path does not fit."""
    ranges = sibling_ranges(index, size)
    if len(ranges) != len(path):
        raise ValueError("the path does not fit the tree")
    root = leaf
    for (start, _), sibling in zip(ranges, path, strict=True):
        root = node(root, sibling) if start > index else node(sibling, root)
    return root
