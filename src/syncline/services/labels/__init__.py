"""Labels: what accounts sort their conversations by, with a lasting id for each name.

What changes conversations along with a label lies in `service` and `giving`, which stand above
`services/conversations`: import those modules by name.
"""

from syncline.services.labels.labels import (
    Label,
    ensure,
    forget_label,
    label_named,
    label_of,
    labels_of,
    read_label,
    system_label,
)
from syncline.services.labels.membership import (
    RECENT,
    Given,
    Standing,
    by_name,
    in_system,
    label_names_and_ids,
)
from syncline.services.labels.system import SYSTEM, System, SystemLabel, own_name, system_named

__all__ = [
    "RECENT",
    "SYSTEM",
    "Given",
    "Label",
    "Standing",
    "System",
    "SystemLabel",
    "by_name",
    "ensure",
    "forget_label",
    "in_system",
    "label_named",
    "label_names_and_ids",
    "label_of",
    "labels_of",
    "own_name",
    "read_label",
    "system_label",
    "system_named",
]
