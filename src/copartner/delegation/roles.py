"""The built-in roles a partner can ask for, by their well-known template ids, in words for customers."""

import csv
from functools import cache
from importlib.resources import files
from uuid import UUID

from copartner.delegation.model import AdminRole, Risk
from copartner.kernel.errors import Invalid
from copartner.kernel.languages import Language
from copartner.kernel.phrases import Phrases

say = Phrases("copartner.delegation", "words").say
GLOBAL_ADMINISTRATOR = UUID("62e90394-69f5-4237-9190-012177145e10")


@cache
def known(language: Language = Language.ENGLISH) -> dict[UUID, AdminRole]:
    """Every role by its template id, its name and text in a language.

    Source: permissions-reference of the directory, built-in roles.
    """
    text = (files(__package__) / "roles.csv").read_text(encoding="utf-8")
    roles = (
        AdminRole(UUID(row["id"]), say(language, row["name"]), Risk(row["risk"]), say(language, row["text"]))
        for row in csv.DictReader(text.splitlines())
    )
    return {role.id: role for role in roles}


def described(ids: tuple[UUID, ...], language: Language = Language.ENGLISH) -> tuple[AdminRole, ...]:
    """The roles of these ids, in their order."""
    return tuple(known(language)[one] for one in ids)


def check_roles(ids: tuple[UUID, ...]) -> tuple[UUID, ...]:
    """The ids, each once; raises Invalid for none and for one that no role has."""
    if not ids:
        raise Invalid("Name at least one role.", "unifiedRoles")
    unknown = [str(one) for one in ids if one not in known()]
    if unknown:
        raise Invalid("No role has this template id; take the id of a built-in role.", *unknown)
    return tuple(dict.fromkeys(ids))
