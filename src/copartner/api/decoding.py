"""JSON bodies into declared types: keys in any casing, null as absent, everything else strictly."""

import re
from collections.abc import Callable
from enum import Enum
from typing import Any, TypeVar

import msgspec
from msgspec import UnsetType, inspect

from copartner.kernel.errors import Invalid

T = TypeVar("T")
Fold = Callable[[Any, str], Any]

_DEEPEST = 32
_LOWEST, _HIGHEST = -(2**63), 2**63 - 1
_folders: dict[Any, Fold] = {}
_structs: dict[type, Fold] = {}
_WHERE = re.compile(r"^(?P<what>.*?)(?: - at `\$?\.?(?P<where>.*)`)?$", re.DOTALL)
_ADVICE = {
    "int": "send a whole number that fits 64 bits",
    "str": "send text in quotation marks",
    "bool": "send true or false",
    "object": "send an object in braces",
    "array": "send a list in brackets",
    "uuid": "send a GUID",
}


class Malformed(Invalid):
    """A request that cannot be read; the message names the property, what is wrong with it and what to do."""


def decode(body: bytes, shape: type[T]) -> T:
    """The JSON body as `shape`; raises Malformed. Properties that `shape` does not know are ignored."""
    if body.startswith(b"\xef\xbb\xbf"):
        body = body[3:]
    if not body.strip():
        raise Malformed("The body is empty; send a JSON object.")
    try:
        value = msgspec.json.decode(body)
    except RecursionError:
        raise Malformed(f"The body is nested too deeply; send at most {_DEEPEST} levels.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as error:
        raise Malformed(f"The body is no valid JSON ({error}); send a JSON object in UTF-8.") from None
    _check(value, "", 0)
    try:
        return msgspec.convert(_folder(shape)(value, ""), shape, strict=True)
    except msgspec.ValidationError as error:
        raise _explained(str(error)) from None
    except (OverflowError, ValueError):
        raise Malformed("A number in the body is too large; send numbers that fit 64 bits.") from None


def or_none(value: T | UnsetType) -> T | None:
    """None in place of what a client did not send."""
    return None if isinstance(value, UnsetType) else value


def _check(value: Any, where: str, depth: int) -> None:
    """Refuse what no store can keep: characters that are none, numbers past 64 bits, more levels than anybody needs."""
    if isinstance(value, str):
        if not storable(value):
            raise Malformed(
                f"{where or 'body'}: the text holds a character that cannot be stored; leave it out.", where
            )
    elif isinstance(value, int | float):
        if not _LOWEST <= value <= _HIGHEST:
            raise Malformed(f"{where or 'body'}: send a whole number that fits 64 bits.", where)
    elif isinstance(value, dict | list):
        if depth >= _DEEPEST:
            raise Malformed(f"The body is nested too deeply; send at most {_DEEPEST} levels.")
        if isinstance(value, list):
            for place, item in enumerate(value):
                _check(item, f"{where}[{place}]", depth + 1)
            return
        for key, item in value.items():
            _check(key, where, depth)
            _check(item, f"{where}.{key}" if where else key, depth + 1)


def storable(text: str) -> bool:
    """Whether a text has neither NUL nor half a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text if character > "\ud7ff")


def _explained(message: str) -> Malformed:
    found = _WHERE.match(message)
    what, where = (found["what"], found["where"]) if found else (message, None)
    missing = re.match(r"Object missing required field `(?P<name>[^`]*)`", what)
    if missing:
        name = f"{where}.{missing['name']}" if where else missing["name"]
        return Malformed(f"{name}: this property is missing; send it.", name)
    name = where or "body"
    wanted = re.match(r"Expected `(?P<type>\w+)", what)
    advice = _ADVICE.get(wanted["type"], "correct its value") if wanted else "correct its value"
    return Malformed(f"{name}: {what[:1].lower()}{what[1:]}; {advice}.", name)


def _folder(shape: Any) -> Fold:
    """What brings a decoded value into the casing of `shape`; made once."""
    found = _folders.get(shape)
    if found is None:
        found = _folders[shape] = _fold_for(inspect.type_info(shape))
    return found


def _fold_for(info: inspect.Type) -> Fold:
    if isinstance(info, inspect.StructType):
        return _fold_struct(info)
    if isinstance(info, inspect.ListType | inspect.VarTupleType | inspect.SetType):
        return _fold_list(_fold_for(info.item_type))
    if isinstance(info, inspect.EnumType):
        return _fold_enum(info.cls)
    if isinstance(info, inspect.UnionType):
        return _fold_union([_fold_for(part) for part in info.types if not isinstance(part, inspect.NoneType)])
    if isinstance(info, inspect.DictType):
        return _fold_dict(_fold_for(info.value_type))
    if isinstance(info, inspect.UUIDType):
        return _fold_id
    return _unfolded


def _unfolded(value: Any, _where: str) -> Any:
    return value


def _fold_id(value: Any, _where: str) -> Any:
    return value.strip("{}").lower() if isinstance(value, str) else value


def _fold_struct(info: inspect.StructType) -> Fold:
    known = _structs.get(info.cls)
    if known is None:
        fields: dict[str, Fold] = {}
        known = _structs[info.cls] = _fold_object(
            fields, {one.encode_name.lower(): one.encode_name for one in info.fields}
        )
        # Filled in afterwards, because a shape may hold itself.
        fields.update({one.encode_name: _fold_for(one.type) for one in info.fields})
    return known


def _fold_object(fields: dict[str, Fold], names: dict[str, str]) -> Fold:
    def fold(value: Any, where: str) -> Any:
        if not isinstance(value, dict):
            return value
        folded: dict[str, Any] = {}
        for key, item in value.items():
            name = names.get(key.lower())
            if name is None or item is None:
                continue
            path = f"{where}.{name}" if where else name
            if name in folded:
                raise Malformed(f"{path}: this property comes twice in different casing; send it once.", path)
            folded[name] = fields[name](item, path)
        return folded

    return fold


def _fold_dict(each: Fold) -> Fold:
    def fold(value: Any, where: str) -> Any:
        if not isinstance(value, dict):
            return value
        return {key: each(item, f"{where}.{key}") for key, item in value.items() if item is not None}

    return fold


def _fold_list(each: Fold) -> Fold:
    def fold(value: Any, where: str) -> Any:
        if not isinstance(value, list):
            return value
        return [each(item, f"{where}[{place}]") for place, item in enumerate(value)]

    return fold


def _fold_union(parts: list[Fold]) -> Fold:
    def fold(value: Any, where: str) -> Any:
        for part in parts:
            folded = part(value, where)
            if folded is not value:
                return folded
        return value

    return fold


def _fold_enum(values: type[Enum]) -> Fold:
    known = {str(member.value).replace("_", "").lower(): member.value for member in values}

    def fold(value: Any, where: str) -> Any:
        if not isinstance(value, str):
            return value
        found = known.get(value.replace("_", "").lower())
        if found is None:
            choices = ", ".join(str(member.value) for member in values)
            raise Malformed(f"{where or 'body'}: {value[:60]!r} is none of the known values; send {choices}.", where)
        return found

    return fold
