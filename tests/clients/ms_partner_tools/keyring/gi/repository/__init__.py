"""The two libraries that msal-extensions takes out of here, as far as it uses them."""

from types import SimpleNamespace

_held = {}


def _named(schema, attributes):
    return (schema, *sorted(attributes.items()))


def _store(schema, attributes, _collection, _label, password, _cancellable):
    _held[_named(schema, attributes)] = password
    return True


def _look_up(schema, attributes, _cancellable):
    return _held.get(_named(schema, attributes))


def _clear(schema, attributes, _cancellable):
    return _held.pop(_named(schema, attributes), None) is not None


GLib = SimpleNamespace(Error=RuntimeError)
Secret = SimpleNamespace(
    Schema=SimpleNamespace(new=lambda name, _flags, _attributes: name),
    SchemaFlags=SimpleNamespace(NONE=0),
    SchemaAttributeType=SimpleNamespace(STRING=0),
    password_store_sync=_store,
    password_lookup_sync=_look_up,
    password_clear_sync=_clear,
)
