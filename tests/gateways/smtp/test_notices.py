"""Codes and links: by mail where there is a relay, else for the operator's eyes."""

import email
import email.policy
import logging
from collections.abc import Sequence
from typing import Any, Final

import pytest

from syncline.config.sections import Relay as Section
from syncline.gateways.smtp.notices import Notices
from syncline.gateways.smtp.relay import Relay
from syncline.services.accounts.confirmations import Notice
from syncline.services.accounts.pending import Proof, Purpose

PROOF: Final = Proof(link="l" * 64, code="012345")


def _notice(purpose: Purpose) -> Notice:
    return Notice(purpose, "ann@example.org", PROOF)


async def test_a_code_is_mailed(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """To the address that it proves, code in the subject; the log is told nothing."""
    relay, sent = Relay(Section(host="relay.example.org")), list[tuple[bytes, dict[str, Any]]]()

    async def send(raw: bytes, *, sender: str, recipients: Sequence[str]) -> None:
        sent.append((raw, {"sender": sender, "recipients": recipients}))

    monkeypatch.setattr(relay, "send", send)
    await Notices(relay, place="chat.example.org:8080").bring(_notice(Purpose.REGISTER))
    await Notices(relay, place="chat.example.org").bring(_notice(Purpose.RESET))
    envelope = {"sender": "syncline@chat.example.org", "recipients": ["ann@example.org"]}
    assert [each for _, each in sent] == [envelope, envelope]
    code, reset = [email.message_from_bytes(raw, policy=email.policy.default) for raw, _ in sent]
    assert (code["To"], code["Subject"]) == ("ann@example.org", "Fleep confirmation code: 012345")
    for mail in (code, reset):
        assert PROOF.link in mail.get_content()
    assert PROOF.code not in reset.as_string()
    assert caplog.text == ""


async def test_without_a_relay_the_operator_reads_it(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever runs the server hands it on."""
    notices = Notices(Relay(Section()), place="localhost")
    with caplog.at_level(logging.WARNING):
        await notices.bring(_notice(Purpose.REGISTER))
    assert "ann@example.org" in caplog.text
    assert PROOF.code in caplog.text
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        await notices.bring(_notice(Purpose.RESET))
    assert PROOF.link in caplog.text
    assert PROOF.code not in caplog.text
