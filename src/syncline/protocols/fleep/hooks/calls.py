"""The calls by which members make, see, change and drop hooks, and bring in messages from elsewhere."""

from typing import Any, Final

from syncline.core.errors import Forbidden, NotFound
from syncline.core.ids import ZoneId
from syncline.protocols.fleep.fleep import Fleep
from syncline.protocols.fleep.hooks.imports import imported
from syncline.protocols.fleep.records.hook import hook
from syncline.protocols.fleep.serving import Call, Reply, Spec, known_word
from syncline.protocols.fleep.writing import Wrote, conv_sync, opened
from syncline.services.hooks import NO_HOOK, TYPES, Changed, Hook, Sending


async def create_hook(fleep: Fleep, call: Call) -> Reply:
    """`hook_name`, `mk_hook_type`, `outgoing_url`: a new hook, with its address in `hook_info`.

    `external_account_id` and `external_object_id` belong to services that are not here, and are passed over.
    """
    fields, conv = call.fields, (await opened(fleep, call)).conv
    type = known_word(fields.text("mk_hook_type"), TYPES, "mk_hook_type") or "plain"
    made = (
        await fleep.needs.hooks.create(
            call.account,
            conv,
            name=fields.text("hook_name"),
            type=type,
            url=fields.text("outgoing_url") or "",
            request=call.request(),
        )
    ).value
    reply = await conv_sync(fleep, call, conv, _wrote(made))
    reply["hook_info"] = await _record(fleep, call, conv, made.hook)
    return reply


async def show_hooks(fleep: Fleep, call: Call) -> Reply:
    """Exactly `{"hooks": [HookInfo…]}`: all hooks, those of others without their secrets."""
    base = fleep.base(call.scope)
    shown = await fleep.needs.hooks.show(call.account, call.conv(fleep))
    return {"hooks": [hook(fleep.names, of, base=base, sending=sending) for of, sending in shown]}


async def configure_hook(fleep: Fleep, call: Call) -> Reply:
    """`hook_key`, and of `hook_name`, `outgoing_url`, `outgoing_disabled` those that change."""
    fields, conv = call.fields, (await opened(fleep, call)).conv
    of, _ = await _named(fleep, call, conv, fields.need_text("hook_key"))
    changed = await fleep.needs.hooks.configure(
        call.account,
        conv,
        of.id,
        name=fields.text("hook_name"),
        url=fields.text("outgoing_url"),
        disabled=fields.flag("outgoing_disabled"),
    )
    reply = await conv_sync(fleep, call, conv, Wrote())
    reply["stream"].append(await _record(fleep, call, conv, changed.value.hook))
    return reply


async def drop_hook(fleep: Fleep, call: Call) -> Reply:
    """`hook_key`: its address is dead from now on."""
    conv = (await opened(fleep, call)).conv
    of, _ = await _named(fleep, call, conv, call.fields.need_text("hook_key"))
    dropped = await fleep.needs.hooks.drop(call.account, conv, of.id)
    return await conv_sync(fleep, call, conv, _wrote(dropped.value))


async def bring_in(fleep: Fleep, call: Call) -> Reply:
    """`hook_id`, `messages`: messages with their own times and senders, through a hook of one's own."""
    fields, conv = call.fields, (await opened(fleep, call)).conv
    of, _ = await _named(fleep, call, conv, fields.need_text("hook_id"))
    if of.owner != call.account:
        raise Forbidden("Messages come in through a hook of one's own.", field="hook_id")
    messages = imported(fields.objects("messages") or [])
    await fleep.needs.hooks.bring_in(of.id, messages, read=fields.flag("is_read", False) or False)
    return await conv_sync(fleep, call, conv, Wrote())


def _wrote(changed: Changed) -> Wrote:
    return Wrote(entries=[] if changed.entry is None else [changed.entry])


async def _named(fleep: Fleep, call: Call, conv: ZoneId, key: str) -> tuple[Hook, Sending | None]:
    """The hook that a member names by its hook_key, or by its hook_id."""
    names = fleep.names
    for of, sending in await fleep.needs.hooks.show(call.account, conv):
        if key in (names.hook_key(of.id), names.hook(of.id)):
            return of, sending
    raise NotFound(NO_HOOK, field="hook_key")


async def _record(fleep: Fleep, call: Call, conv: ZoneId, of: Hook) -> dict[str, Any]:
    """A hook as it is now, as the caller may see it."""
    now, sending = await _named(fleep, call, conv, fleep.names.hook(of.id))
    return hook(fleep.names, now, base=fleep.base(call.scope), sending=sending)


CALLS: Final = (
    Spec("conversation/create_hook", create_hook, on_id=True),
    Spec("conversation/show_hooks", show_hooks, on_id=True, write=False),
    Spec("conversation/configure_hook", configure_hook, on_id=True),
    Spec("conversation/drop_hook", drop_hook, on_id=True),
    Spec("conversation/import", bring_in, on_id=True),
)
