"""Announcements as an Atom feed (RFC 4287), one a language."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import uuid5
from xml.etree import ElementTree as Xml

from copartner.announcements.model import Announcement, RevisionKind
from copartner.announcements.telling import page_of
from copartner.announcements.texts import texts_in
from copartner.kernel.languages import Language

ATOM = "http://www.w3.org/2005/Atom"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# When a feed that has nothing in it was last changed.
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
Xml.register_namespace("", ATOM)


def feed(announcements: Sequence[Announcement], language: Language, root: str) -> bytes:
    """The feed in a language, the last changed first; `root` is the deployment's public address."""
    words, address = texts_in(language), f"{root}/announcements.atom?language={language.value}"
    made = Xml.Element(f"{{{ATOM}}}feed", {_LANG: language.value})
    _add(made, "id", address)
    _add(made, "title", words.FEED)
    _add(made, "updated", _moment(max((one.updated_at for one in announcements), default=_NEVER)))
    _add(_add(made, "author"), "name", "copartner")
    _add(made, "link", rel="self", type="application/atom+xml", href=address)
    _add(made, "link", rel="alternate", type="text/html", href=f"{root}/announcements?language={language.value}")
    for one in announcements:
        _entry(made, one, language, root)
    content: bytes = Xml.tostring(made, encoding="utf-8", xml_declaration=True)
    return content


def _entry(parent: Xml.Element, one: Announcement, language: Language, root: str) -> None:
    words, text = texts_in(language), one.content.texts[language]
    entry = _add(parent, "entry")
    # The same announcement in another language is another entry.
    _add(entry, "id", uuid5(one.id, language.value).urn)
    _add(entry, "title", text.title)
    _add(entry, "updated", _moment(one.updated_at))
    if one.published_at is not None:
        _add(entry, "published", _moment(one.published_at))
    _add(entry, "link", rel="alternate", type="text/html", href=root + page_of(one))
    _add(entry, "category", term=one.content.workspace.value, label=words.WORKSPACE[one.content.workspace])
    _add(entry, "content", _content(one, language), type="text")


def _content(one: Announcement, language: Language) -> str:
    words, text = texts_in(language), one.content.texts[language]
    parts = [f"{words.PAGE['from']} {words.DAY.format(one.content.begins_on)} (UTC)", text.changes]
    if text.next_steps:
        parts += [f"{words.PAGE['next_steps']}:", text.next_steps]
    parts.append(f"{words.PAGE['contact']}: {one.content.contact}")
    if one.superseded_by is not None:
        parts.append(f"{words.PAGE['superseded']}.")
    for revision in one.revisions:
        kind = words.PAGE["revised"]
        if revision.kind is RevisionKind.DELAYED:
            kind = words.PAGE["delayed"].format(day=words.DAY.format(revision.begins_on))
        parts.append(f"{words.DAY.format(revision.at)}: {kind}. {revision.note[language]}")
    return "\n\n".join(parts)


def _add(parent: Xml.Element, name: str, text: str | None = None, **attributes: str) -> Xml.Element:
    made = Xml.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    made.text = text
    return made


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
