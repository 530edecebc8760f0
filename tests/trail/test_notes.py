"""Signed notes as C2SP writes them: the published example is accepted, and nothing that was touched."""

import pytest

from qms.db.notes import BadNote, Checkpoint, PublicKey, Signer, read

KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NOTE = ("If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n")
"""The published example of the format."""
SIGNER = Signer("qms/one", bytes(range(32)))
SAID = Checkpoint("qms/one", 5, bytes(32))


def test_the_published_example_is_accepted():
    assert read(NOTE).is_signed_by(PublicKey.read(KEY))
    assert str(PublicKey.read(KEY)) == KEY


@pytest.mark.parametrize(("old", "new"), [("think", "thinK"), ("PeterNeumann x08", "Peterneumann x08"),
                                          ("ZJkuBS9U", "ZJkuBS9V")])
def test_a_touched_note_is_not_accepted(old: str, new: str):
    assert not read(NOTE.replace(old, new)).is_signed_by(PublicKey.read(KEY))


def test_a_checkpoint_says_what_was_signed():
    note = SIGNER.sign(str(SAID))
    assert Checkpoint.of(read(note)) == SAID
    assert read(note).is_signed_by(SIGNER.public)
    assert not read(note).is_signed_by(Signer("qms/one", bytes(32)).public)
    assert note.startswith("qms/one\n5\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n— qms/one ")


@pytest.mark.parametrize("text", ["", "qms/one\n5\nAAAA\n", "qms/one\n5\nAAAA\n\n— qms/one AAAAAAAA\n",
                                  "qms/one\nfive\n\n\n— qms/one AAAAAAAA\n", "a\n\nqms/one AAAAAAAA\n"])
def test_what_is_no_checkpoint_is_refused(text: str):
    with pytest.raises(BadNote):
        Checkpoint.of(read(text))


def test_a_mistyped_key_is_refused():
    with pytest.raises(BadNote, match="mistyped"):
        PublicKey.read(KEY.replace("c74f", "c74e"))
    with pytest.raises(BadNote, match="not a public key"):
        PublicKey.read("hello")
