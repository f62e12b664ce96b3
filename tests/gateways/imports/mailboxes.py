"""Mailboxes of all kinds to be imported."""

import io
import tarfile
import zipfile
from collections.abc import Mapping


def mail(name: str, more: str = "") -> bytes:
    """A small mail with this Message-ID and subject."""
    head = f"From: Ann <ann@example.org>\nSubject: {name}\nMessage-ID: <{name}@example.org>\n{more}"
    return f"{head}Date: Thu, 01 Jan 2026 10:00:00 +0000\n\nText of {name}.\n".encode()


def mbox(*mails: bytes) -> bytes:
    """Mails as an mbox file."""
    return b"".join(b"From ann@example.org Thu Jan  1 00:00:00 2026\n" + one + b"\n" for one in mails)


def tar(members: Mapping[str, bytes], mode: str = "w") -> bytes:
    """A tar archive; `mode` as tarfile has it (`w:gz`, `w:xz`)."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return file.getvalue()


def zipped(members: Mapping[str, bytes]) -> bytes:
    """A zip archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()
