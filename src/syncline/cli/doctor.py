"""`syncline doctor`: whether this machine is fit to run Syncline well."""

from cyclopts import App

from syncline.cli.where import HERE, Where

app = App(
    name="doctor",
    help_epilogue="Examples:\n"
    "  syncline doctor\n"
    "  syncline doctor --data /var/lib/syncline --config /etc/syncline.toml",
)


@app.default
async def doctor(*, where: Where = HERE) -> int:
    """Look at open files, disk, clock, port, certificate and relay; exit code 1 if something is bad."""
    from syncline.cli.checkups import Health, checkups
    from syncline.cli.output import table
    from syncline.cli.settings import settings

    found = [await checkup(settings(where)) for checkup in checkups()]
    table(("", "what", "found"), [(str(one.health), one.what, one.sentence) for one in found])
    return 1 if any(one.health is Health.BAD for one in found) else 0
