"""Persons, their profiles in the directory, and who knows whom."""

from syncline.services.people.addresses import (
    address_key,
    localpart_key,
    mail_domain,
    normal_address,
    valid_address,
)
from syncline.services.people.contacts import (
    Card,
    Contact,
    Rank,
    change_contact,
    contact_key,
    contact_of,
    contacts_of,
    find_contact,
    know,
    knows,
    read_contact,
)
from syncline.services.people.known import KnownProfiles
from syncline.services.people.lastseen import LastSeen
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
    "Card",
    "Contact",
    "KnownProfiles",
    "LastSeen",
    "People",
    "Profile",
    "Rank",
    "address_key",
    "change_contact",
    "contact_key",
    "contact_of",
    "contacts_of",
    "find_contact",
    "know",
    "knows",
    "localpart_key",
    "mail_domain",
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
