"""A message's XML back to what its writer typed, as clients do it before editing."""

from xml.etree import ElementTree


def to_source(xml: str) -> str:
    """The text that the XML was made of, but for blanks in blank lines and line ends at its end."""
    root = ElementTree.fromstring(xml)
    return "\n\n".join(_source(one) for one in root if one.tag == "p")


def words(xml: str) -> list[str]:
    """What is said, word by word, without markup."""
    return " ".join(ElementTree.fromstring(xml).itertext()).split()


def _source(element: ElementTree.Element) -> str:
    if element.tag == "br":
        return "\n"
    inner = [element.text or ""]
    for child in element:
        inner += [_source(child), child.tail or ""]
    return element.get("flp", "") + "".join(inner) + element.get("fls", "")
