"""The mails that tests read, where there are any beside the project."""

from pathlib import Path

import pytest

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"


@pytest.fixture
def corpora() -> Path:
    """The folder of real mailboxes; without it the test is skipped."""
    if not CORPORA.is_dir():
        pytest.skip("there is no ../shared/corpora beside the project")
    return CORPORA
