"""Installations of clients, each with a reader whose cursor the server keeps."""

from syncline.services.devices.devices import (
    Device,
    Devices,
    device_key,
    device_of,
    drop_device,
    make_device,
    read_device,
    reader_name,
)

__all__ = [
    "Device",
    "Devices",
    "device_key",
    "device_of",
    "drop_device",
    "make_device",
    "read_device",
    "reader_name",
]
