"""A client of GET /changes as docs/changes.md tells one to be: dictionaries, and one rule for each row."""

from typing import Any

Fields = dict[str, Any]


class RowClient:
    """What a client holds, by zone."""

    def __init__(self) -> None:
        self.since = ""
        self.zones: dict[int, Fields] = {}
        self.own: Fields = {}
        self.subscriptions: dict[int, Fields] = {}
        self.profiles: dict[int, Fields] = {}

    def take(self, page: Fields, account: int) -> None:
        """Apply an answer."""
        if page.get("reset"):
            self.__init__()  # type: ignore[misc]
        for row in page["changes"]:
            self._row(row, account)
        self.since = page["next"]

    def _row(self, row: Fields, account: int) -> None:
        zone, kind, id = row["zone"], row["kind"], row["id"]
        if kind == "zone":
            if row["act"] == "left":
                self.zones.pop(zone, None)
                return
            state = {(one["type"], one["name"]): one["content"] for one in row["body"].get("state", ())}
            self.zones[zone] = {"entries": {}, "objects": {}, "state": state, "open": row["body"]["open"]}
        elif kind == "entry":
            self._entry(self.zones[zone], row)
        elif kind == "subscription":
            self.subscriptions[id] = row["body"]
        elif kind == "profile":
            self.profiles[row["body"]["person"]] = row["body"]
        else:
            objects = self.own if zone == account else self.zones[zone]["objects"]
            if row["act"] == "put":
                objects[id] = (row["seq"], kind, row["body"])
            else:
                objects.pop(id, None)

    def _entry(self, zone: Fields, row: Fields) -> None:
        body = dict(row["body"])
        for one in body.pop("state", ()):
            zone["state"][one["type"], one["name"]] = one["content"]
        entries = zone["entries"]
        entries[row["id"]] = {**body, "seq": row["seq"], "nr": row.get("nr")}
        if "target" not in body:
            return
        # an amendment's form is its target's, and stays the target's
        entries[row["id"]].pop("form", None)
        target = entries.get(body["target"])
        if target is None or "form" not in body:
            return
        target["form"] = body["form"]
        edits = [one for one in entries.values() if one.get("target") == body["target"]]
        if "deleted" in body["form"]:
            target.pop("body", None)
            for one in edits:
                if one["rel"] == "edit":
                    one.pop("body", None)
        if body["rel"] == "erase":
            for one in (target, *edits):
                if one["seq"] <= row["seq"]:
                    one["body"] = {}

    def content(self) -> Fields:
        """All that it would show."""
        people = {body["person"] for _, kind, body in self.own.values() if kind == "contact"}
        return {
            "zones": self.zones,
            "own": self.own,
            "subscriptions": self.subscriptions,
            "profiles": {person: body for person, body in self.profiles.items() if person in people},
        }
