"""How this protocol says no: one JSON object, `{"error": {"code", "message", "field"?, "request_id"}}`.

All errors of the domain come here: handlers raise, the server catches and asks `refusal` for the answer.
Its status is that of the kind of error (`gateways.http.answers`).
"""

from syncline.core.errors import Invalid, Missing
from syncline.gateways.http.answers import Answer, Refused, plain

JSON = b"application/json"


def refusal(refused: Refused) -> Answer:
    """The shape of this protocol's refusals."""
    return plain(refused)


def bad_json(problem: str) -> Invalid:
    """A body that is not what it should be; `problem` is the decoder's sentence, which ends in the path."""
    where = problem.rpartition("`$")[2].rstrip("`").lstrip(".") if "`$" in problem else ""
    field = where or None
    if "missing required field" in problem:
        name = problem.split("`")[1] if "`" in problem else None
        return Missing(f"The field {name} is missing.", field=name)
    return Invalid(f"This request's body does not fit: {problem}.", field=field)
