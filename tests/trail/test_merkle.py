"""The tree over the ledger is the one of RFC 9162: small trees by hand, any tree against the plain definition."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qms.db.merkle import EMPTY, Peaks, Tree, is_included, node

VECTOR = [b"", b"\x00", b"\x10", b"\x20\x21", b"\x30\x31", b"\x40\x41\x42\x43", bytes(range(0x50, 0x58)),
          bytes(range(0x60, 0x70))]
"""The inputs of Certificate Transparency's published reference trees, and their roots by size."""
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def _leaf(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry).digest()


def plain_root(leaves: list[bytes]) -> bytes:
    """MTH as RFC 9162 section 2.1.1 writes it."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return node(plain_root(leaves[:k]), plain_root(leaves[k:]))


def _tree(leaves: list[bytes]) -> Tree:
    tree = Tree()
    tree.extend(leaves)
    tree.close()
    return tree


@pytest.mark.parametrize("size", ROOTS)
def test_published_roots(size: int):
    leaves = [_leaf(entry) for entry in VECTOR[:size]]
    peaks = Peaks()
    peaks.extend(leaves)
    assert peaks.root().hex() == _tree(leaves).root().hex() == ROOTS[size]


def test_three_leaves_by_hand():
    a, b, c = (_leaf(entry) for entry in (b"a", b"b", b"c"))
    root = sha256(b"\x01" + sha256(b"\x01" + a + b).digest() + c).digest()
    tree = _tree([a, b, c])
    assert (tree.size, tree.root()) == (3, root)
    assert [tree.proof(n) for n in range(3)] == [[b, c], [a, c], [sha256(b"\x01" + a + b).digest()]]


def test_an_empty_tree_has_the_root_of_nothing():
    assert Peaks().root() == _tree([]).root() == EMPTY == sha256(b"").digest()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=70), st.data())
def test_growing_in_any_steps_gives_the_plain_root(leaves: list[bytes], data: st.DataObject):
    cut = data.draw(st.integers(0, len(leaves)))
    first = Peaks()
    first.extend(leaves[:cut])
    kept = Peaks(first.size, bytes(first))
    kept.extend(leaves[cut:])
    assert kept.root() == _tree(leaves).root() == plain_root(leaves)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=70, unique=True), st.data())
def test_a_proof_holds_for_its_leaf_and_place_only(leaves: list[bytes], data: st.DataObject):
    index = data.draw(st.integers(0, len(leaves) - 1))
    tree = _tree(leaves)
    proof, root = tree.proof(index), tree.root()
    assert is_included(leaves[index], index, len(leaves), proof, root)
    other = data.draw(st.integers(0, len(leaves) - 1).filter(lambda n: n != index)) if len(leaves) > 1 else index + 1
    assert not is_included(leaves[index], other, len(leaves), proof, root)
    assert not is_included(leaves[index], index, len(leaves), [*proof, root], root)
    for n in range(len(proof)):
        changed = [*proof]
        changed[n] = bytes([changed[n][0] ^ 1]) + changed[n][1:]
        assert not is_included(leaves[index], index, len(leaves), changed, root)
        assert not is_included(leaves[index], index, len(leaves), proof[:n] + proof[n + 1:], root)


def test_blocks_put_together_give_the_root_of_all():
    leaves = [_leaf(bytes([n])) for n in range(23)]
    blocks = [plain_root(leaves[n:n + 4]) for n in range(0, 20, 4)]
    rest = Peaks()
    rest.extend(leaves[20:])
    tree = Peaks()
    tree.extend_whole(blocks, 4)
    assert tree.followed_by(rest).root() == plain_root(leaves)
    with pytest.raises(ValueError, match="multiple"):
        rest.extend_whole(blocks, 4)
