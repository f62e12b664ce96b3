"""What follows the log inside the server: projections, which can be made again, and automations."""

from syncline.services.readers.readers import Readers
from syncline.services.readers.seam import Automation, Projection

__all__ = ["Automation", "Projection", "Readers"]
