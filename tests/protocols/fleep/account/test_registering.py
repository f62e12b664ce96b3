"""Registering, confirming, and setting a new password."""

import email
import email.policy
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from tests.gateways.smtp.sink import Sink, serving
from tests.protocols.fleep.place import PASSWORD, Place

from syncline.config.values import Secret
from syncline.services.people import person_of
from syncline.store.contract import Store

ANN = "ann@example.org"


class Stranger:
    """A client that is not signed in, before a server where everybody may register."""

    def __init__(self, place: Place, log: pytest.LogCaptureFixture) -> None:
        """`log` is where the operator reads codes and links."""
        self.place = place
        self.log = log
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(place.app), base_url="http://localhost:8080/api/"
        )

    async def send(self, path: str, **fields: Any) -> httpx.Response:
        """A call."""
        return await self.http.post(path, json=fields)

    async def call(self, path: str, **fields: Any) -> Any:
        """A call that succeeds."""
        answer = await self.send(path, **fields)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def refused(self, path: str, **fields: Any) -> tuple[int, str]:
        """A call that does not: status and message."""
        answer = await self.send(path, **fields)
        return answer.status_code, answer.json()["error_message"]

    @property
    def code(self) -> str:
        """The newest code in the log."""
        return str(re.findall(r"code of \S+ is (\d{6})", self.log.text)[-1])

    @property
    def link(self) -> str:
        """The newest id in the log."""
        return str(re.findall(r"id(?: for a new password of \S+ is)? (\S{64})", self.log.text)[-1])


async def _stranger(store: Store, log: pytest.LogCaptureFixture, **sections: dict[str, Any]) -> Stranger:
    return Stranger(Place(store, **{"accounts": {"registration": "open"}, **sections}), log)


@pytest.fixture
async def stranger(store: Store, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Stranger]:
    """Somebody who has no account yet."""
    stranger = await _stranger(store, caplog)
    yield stranger
    await stranger.http.aclose()
    await stranger.place.close()


async def test_without_a_relay_a_client_registers_and_signs_in(stranger: Stranger) -> None:
    """A client that knows nothing of codes: there is no mail that could be clicked at."""
    given = {"email": ANN, "display_name": "Ann", "password": PASSWORD, "referer": None, "ticket": None}
    assert await stranger.call("account/register", **given) == {}
    said = await stranger.call("account/login", email=ANN, password=PASSWORD)
    assert said["display_name"] == "Ann"
    assert await stranger.refused("account/register", **given) == (431, "Account already active")


async def test_a_code_from_the_log_makes_the_account(stranger: Stranger) -> None:
    """Register, prove the address by the code, confirm with the name that others see."""
    await stranger.call("account/register", email=ANN, display_name="Ann", password=PASSWORD, use_code=True)
    assert (await stranger.send("account/login", email=ANN, password=PASSWORD)).status_code == 431
    assert PASSWORD not in stranger.log.text
    code = stranger.code
    link = (await stranger.call("account/prepare/v2", registration_mail=ANN, registration_code=code))[
        "notification_id"
    ]
    assert (await stranger.call("account/prepare/v2", notification_id=link))["notification_id"] == link
    answer = await stranger.send(
        "account/confirm/v2",
        notification_id=link,
        display_name="Ann A",
        password="another one",
        fleep_address="annie@localhost",
        phone_nr="5",
        is_newsletter_disabled=True,
    )
    assert answer.status_code == 200
    assert answer.headers["set-cookie"].startswith("token_id=")
    (own,) = answer.json()["profiles"]
    assert (own["display_name"], own["fleep_address"], own["phone_nr"]) == ("Ann A", "annie", "5")
    assert own["is_newsletter_disabled"] is True
    for path in ("account/confirm", "account/confirm/v2", "account/prepare/v2"):
        assert await stranger.refused(path, notification_id=link) == (431, "Link has already been used.")
    again = await stranger.refused("account/prepare/v2", registration_mail=ANN, registration_code=code)
    assert again == (431, "Account already active")


async def test_with_a_relay_the_code_is_mailed(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    """To the address that it proves, in the subject that programs look for; nothing is made before."""
    sink = Sink()
    async with serving(sink) as port:
        relay = {"host": "127.0.0.1", "port": port, "tls": "none"}
        stranger = await _stranger(store, caplog, relay=relay)
        given = {"email": ANN, "display_name": "Ann", "password": PASSWORD}
        assert await stranger.call("account/register", **given) == {}
        assert (await stranger.refused("account/login", email=ANN, password=PASSWORD))[0] == 431
        mail = sink.only()
        assert mail.recipients == [ANN]
        (code,) = re.findall(rb"^Subject: Fleep confirmation code: (\d{6})\r$", mail.raw, re.MULTILINE)
        proof = {"registration_mail": ANN, "registration_code": code.decode()}
        link = (await stranger.call("account/prepare/v2", **proof))["notification_id"]
        await stranger.call("account/confirm", notification_id=link)
        await stranger.call("account/login", email=ANN, password=PASSWORD)
        assert code.decode() not in caplog.text
        sink.answers[ANN] = "550 no"
        assert (await stranger.refused("account/reset_password", email=ANN))[0] == 431
        sink.answers.clear()
        await stranger.call("account/reset_password", email=ANN)
        mailed = email.message_from_bytes(sink.mails[-1].raw, policy=email.policy.default)
        (link,) = re.findall(r"\S{64}", mailed.get_content())
        await stranger.call("account/confirm_password", notification_id=link, password="another one")
        await stranger.call("account/login", email=ANN, password="another one")
        await stranger.http.aclose()
        await stranger.place.close()


async def test_confirm_takes_what_was_registered(stranger: Stranger) -> None:
    """Name and password that came first are enough."""
    await stranger.call("account/register", email=ANN, display_name="Ann", password=PASSWORD, use_code=True)
    said = await stranger.call("account/confirm", notification_id=stranger.link)
    assert said.keys() == {"account_id", "display_name", "profiles", "ticket"}
    assert (await stranger.call("account/login", email=ANN, password=PASSWORD))["display_name"] == "Ann"


async def test_a_known_address_needs_a_proof(stranger: Stranger, store: Store) -> None:
    """Somebody was invited by this address: only who reads its mail becomes him, also without use_code."""
    person = (await store.write(lambda tx: person_of(tx, ANN))).value
    await stranger.call("account/register", email=ANN, display_name="Ann", password=PASSWORD)
    assert (await stranger.send("account/login", email=ANN, password=PASSWORD)).status_code == 431
    said = await stranger.call("account/confirm", notification_id=stranger.link)
    assert said["account_id"] == stranger.place.fleep.names.person(person)


async def test_a_wrong_code_or_link_is_clear(stranger: Stranger) -> None:
    """400 for a code that can be typed again, 430 for a link that nobody sent."""
    await stranger.call("account/register/v2", email=ANN)
    wrong = "000000" if stranger.code != "000000" else "000001"
    status, _ = await stranger.refused("account/prepare/v2", registration_mail=ANN, registration_code=wrong)
    assert status == 400
    assert (await stranger.refused("account/prepare/v2", notification_id="nothing"))[0] == 430
    assert (await stranger.refused("account/prepare/v2"))[0] == 400
    assert (await stranger.refused("account/confirm/v2", notification_id=stranger.link))[0] == 400


async def test_registration_follows_the_setting(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    """Closed, nobody comes in but by an invite, for which clients know only the field referer."""
    stranger = await _stranger(store, caplog, accounts={"registration": "closed"})
    given = {"email": ANN, "display_name": "Ann", "password": PASSWORD}
    assert (await stranger.refused("account/register", **given))[0] == 431
    assert (await stranger.refused("account/register/v2", email=ANN))[0] == 431
    code = await stranger.place.services.accounts.invite(ANN)
    await stranger.call("account/register", **given, referer=code)
    assert (await stranger.call("account/login", email=ANN, password=PASSWORD))["display_name"] == "Ann"
    await stranger.http.aclose()
    await stranger.place.close()


async def test_a_reset_sets_a_new_password(stranger: Stranger) -> None:
    """By the link that was sent, once; an unknown address is refused with 431."""
    place = stranger.place
    ann = await place.user("ann", password=PASSWORD)
    assert await stranger.call("account/reset_password", email=ANN) == {}
    link = stranger.link
    assert await stranger.call("account/confirm_password", notification_id=link, password="another one") == {}
    assert (await ann.fails("contact/sync/all"))[0] == 401
    await stranger.call("account/login", email=ANN, password="another one")
    again = await stranger.refused("account/confirm_password", notification_id=link, password="a third one")
    assert again == (431, "Link has already been used.")
    unknown = await stranger.refused("account/reset_password", email="nobody@example.org")
    assert unknown == (431, "Account not found!")


async def test_resets_and_codes_are_limited_by_the_hour(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    """A test suite may let its server forget that."""
    system = {"system_user": "suite", "system_password": Secret("secret")}
    stranger = await _stranger(store, caplog, fleep={"resets_an_hour": 2, "codes_an_hour": 2, **system})
    for _ in range(2):
        await stranger.refused("account/reset_password", email=ANN)
        await stranger.call("account/register/v2", email=ANN)
    assert await stranger.refused("account/reset_password", email=ANN) == (
        431,
        "Too many password reset attempts per hour!",
    )
    assert (await stranger.refused("account/register/v2", email=ANN))[0] == 431
    for action in ("clear_reset_velo", "clear_regcode_ip_velo"):
        answer = await stranger.http.post(
            "sys/shard/time_travel",
            json={"object_id": "<my_ip>", "mk_time_action": action, "time_interval": None},
            auth=("suite", "secret"),
        )
        assert answer.status_code == 200
    assert await stranger.refused("account/reset_password", email=ANN) == (431, "Account not found!")
    await stranger.call("account/register/v2", email=ANN)
    await stranger.http.aclose()
    await stranger.place.close()


async def test_what_is_wrong_is_named_as_clients_name_it(stranger: Stranger) -> None:
    """The services know a link and a code; a client sent a notification_id and a registration_code."""
    await stranger.call("account/register", email=ANN, use_code=True, display_name="Ann", password=PASSWORD)
    wrong = "000000" if stranger.code != "000000" else "111111"
    for path, fields, field in (
        ("account/confirm", {"notification_id": "x" * 64}, "notification_id"),
        ("account/prepare/v2", {"registration_mail": ANN, "registration_code": wrong}, "registration_code"),
    ):
        assert (await stranger.send(path, **fields)).json()["field"] == field
