"""Making an account on the page: by invite, or where registration is open."""

from contextlib import AbstractAsyncContextManager

import msgspec
import pytest
from tests.web.conftest import PASSWORD, Site, open_site

from syncline.config import Config
from syncline.core.errors import NotFound
from syncline.services.accounts import Role
from syncline.store.contract import Store

NEW = {"name": "Cleo", "email": "cleo@example.org", "password": PASSWORD}


def with_registration(store: Store, registration: str) -> AbstractAsyncContextManager[Site]:
    """A site where accounts are made in this way."""
    base = Config()
    accounts = msgspec.convert({"registration": registration}, type(base.accounts))
    return open_site(store, msgspec.structs.replace(base, accounts=accounts))


async def test_an_invite_makes_an_account_and_signs_it_in(site: Site) -> None:
    """What `syncline account invite` prints leads to a form, and the form home."""
    code = await site.services.accounts.invite(role=Role.AGENT)
    shown = await site.browser.get("/register", params={"code": code})
    assert shown.status_code == 200
    assert f'value="{code}"' in shown.text
    answer = await site.post("/register", code=code, **NEW)
    assert (answer.status_code, answer.headers["location"]) == (303, "/home")
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "Cleo" in (await site.browser.get("/home")).text
    made = await site.services.accounts.sign_in("cleo@example.org", PASSWORD)
    assert (made.name, made.role) == ("Cleo", Role.AGENT)


async def test_an_invite_works_once(site: Site) -> None:
    """The second one is told so, keeps what was typed but for the password, and gets no session."""
    code = await site.services.accounts.invite()
    await site.services.accounts.register("bo@example.org", PASSWORD, "Bo", invite=code)
    answer = await site.post("/register", code=code, **NEW)
    assert answer.status_code == 403
    assert "used already" in answer.text
    assert 'value="cleo@example.org"' in answer.text
    assert PASSWORD not in answer.text
    assert "set-cookie" not in answer.headers
    with pytest.raises(NotFound):
        await site.services.accounts.by_email("cleo@example.org")


async def test_a_slip_is_said_beside_the_form_and_costs_neither_the_invite_nor_a_try(site: Site) -> None:
    """Twenty slips, twice what the limiter lets one guess, and then it works."""
    code = await site.services.accounts.invite()
    for password, status in (("short", 400), ("x" * 2000, 400)) * 10:
        answer = await site.post("/register", code=code, **{**NEW, "password": password})
        assert answer.status_code == status
        assert 'role="alert"' in answer.text
        assert "aria-invalid" in answer.text
    assert (await site.post("/register", code=code, **NEW)).status_code == 303


async def test_an_address_that_has_an_account_is_refused(site: Site) -> None:
    """And the account keeps its password."""
    code = await site.services.accounts.invite()
    answer = await site.post(
        "/register", code=code, **{**NEW, "email": "ANN@example.org", "password": "x" * 9}
    )
    assert answer.status_code == 409
    assert "has an account already" in answer.text
    await site.services.accounts.sign_in("ann@example.org", PASSWORD)


@pytest.mark.parametrize("registration", ["closed", "invite"])
async def test_without_an_invite_a_sentence_says_what_to_do(store: Store, registration: str) -> None:
    """No form to fill in for nothing; and who posts one all the same makes no account."""
    async with with_registration(store, registration) as site:
        shown = await site.browser.get("/register")
        assert shown.status_code == 200
        assert "made by invite" in shown.text
        assert "<form" not in shown.text
        answer = await site.post("/register", **NEW)
        assert answer.status_code == 403
        assert "ask for an invite" in answer.text
        assert len(await site.services.accounts.list()) == 1


async def test_where_registration_is_open_anybody_makes_an_account(store: Store) -> None:
    """The sign-in page leads there."""
    async with with_registration(store, "open") as site:
        assert 'href="/register"' in (await site.browser.get("/login")).text
        assert "<form" in (await site.browser.get("/register")).text
        assert (await site.post("/register", **NEW)).status_code == 303
        assert (await site.services.accounts.by_email("cleo@example.org")).role == Role.NONE


async def test_nobody_makes_accounts_by_the_hundred(store: Store) -> None:
    """Open registration is held by the bucket of guesses: ten at once from one address."""
    async with with_registration(store, "open") as site:
        statuses = []
        for count in range(11):
            site.browser.cookies.clear()
            answer = await site.post("/register", **{**NEW, "email": f"bot{count}@example.org"})
            statuses.append(answer.status_code)
        assert statuses == [303] * 10 + [429]
        assert len(await site.services.accounts.list()) == 11


async def test_codes_cannot_be_guessed_without_end(site: Site) -> None:
    """Wrong codes are counted as wrong passwords are."""
    statuses = [(await site.post("/register", code=f"x{n}", **NEW)).status_code for n in range(11)]
    assert statuses == [403] * 10 + [429]


async def test_who_is_signed_in_makes_no_second_account_by_accident(site: Site) -> None:
    """An operator who tries his own invite link keeps it, and is told how to go on."""
    await site.sign_in()
    code = await site.services.accounts.invite()
    assert "You are signed in as" in (await site.browser.get("/register", params={"code": code})).text
    assert (await site.post("/register", code=code, **NEW)).status_code == 409
    assert len(await site.services.accounts.list()) == 1


async def test_what_was_typed_comes_back_as_text_only(site: Site) -> None:
    """The code comes from the query, the rest from the form."""
    evil = '"><script>alert(1)</script>'
    shown = await site.browser.get("/register", params={"code": evil})
    again = await site.post("/register", code=evil, name=evil, email=evil, password="long enough")
    assert "<script>alert" not in shown.text
    assert again.status_code == 400
    assert "<script>alert" not in again.text
