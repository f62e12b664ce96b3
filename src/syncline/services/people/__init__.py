"""Persons, their profiles in the directory, and who knows whom."""

from syncline.services.people.addresses import address_key, normal_address, valid_address
from syncline.services.people.contacts import Contact, contact_key, contacts_of, know, knows, read_contact
from syncline.services.people.profiles import (
    ERASED_NAME,
    Profile,
    person_by_email,
    person_of,
    profile_key,
    profile_object,
    profile_of,
    put_profile,
    read_profile,
)
from syncline.services.people.service import People

__all__ = [
    "ERASED_NAME",
    "Contact",
    "People",
    "Profile",
    "address_key",
    "contact_key",
    "contacts_of",
    "know",
    "knows",
    "normal_address",
    "person_by_email",
    "person_of",
    "profile_key",
    "profile_object",
    "profile_of",
    "put_profile",
    "read_contact",
    "read_profile",
    "valid_address",
]
