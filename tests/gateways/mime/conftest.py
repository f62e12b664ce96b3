"""All mails of the corpora beside the project."""

import gzip
import tarfile
from pathlib import Path

import pytest

from syncline.gateways.mbox.cutting import mails as cut_mbox

CORPORA = Path(__file__).parents[4] / "shared" / "corpora"


@pytest.fixture(scope="session")
def usrp() -> list[bytes]:
    """1,500 mails of a mailing list; skipped where the corpora are not beside the project."""
    file = CORPORA / "usrp-users-1500.mbox.gz"
    if not file.exists():
        pytest.skip("there is no ../shared/corpora beside the project")
    with gzip.open(file) as unpacked:
        return list(cut_mbox(unpacked.read))


@pytest.fixture(scope="session")
def spam() -> list[bytes]:
    """6,046 mails, a third of them spam; skipped where the corpora are not beside the project."""
    file = CORPORA / "spamassassin.tar.xz"
    if not file.exists():
        pytest.skip("there is no ../shared/corpora beside the project")
    with tarfile.open(file) as archive:
        opened = [archive.extractfile(one) for one in archive if one.isfile()]
        return [one.read() for one in opened if one is not None]


@pytest.fixture(scope="session")
def mails(usrp: list[bytes], spam: list[bytes]) -> list[bytes]:
    """All 7,546."""
    return usrp + spam
