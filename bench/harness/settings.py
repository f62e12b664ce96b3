"""The uvicorn settings that floor and product share: without the same ones no ratio means anything."""

import importlib
from collections.abc import Callable
from typing import Any


def uvicorn_settings() -> dict[str, Any]:
    """The product's own settings where it names them, else the ones it was measured with."""
    try:
        product = importlib.import_module("syncline.server.run")
        settings: Callable[[], dict[str, Any]] = product.uvicorn_settings
    except (ModuleNotFoundError, AttributeError):
        return {
            "loop": "uvloop",
            "http": "httptools",
            "ws": "none",
            "access_log": False,
            "log_level": "error",
        }
    return settings()
