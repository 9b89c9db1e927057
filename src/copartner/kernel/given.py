"""How one setting is read from the text an operator gives; each raises ValueError that says what to give."""

from typing import Any


def text(value: str) -> str:
    """Any text."""
    return value


def flag(value: str) -> bool:
    """True or false."""
    if value.lower() not in ("true", "false"):
        raise ValueError("say true or false")
    return value.lower() == "true"


def count(lowest: int, highest: int) -> Any:
    """A whole number within bounds."""

    def parse(value: str) -> int:
        if not value.isascii() or not value.isdigit() or not lowest <= int(value) <= highest:
            raise ValueError(f"give a whole number from {lowest} to {highest}")
        return int(value)

    return parse


def choice(*allowed: str) -> Any:
    """One of these words."""

    def parse(value: str) -> str:
        if value not in allowed:
            raise ValueError(f"choose one of {', '.join(allowed)}")
        return value

    return parse


def names(value: str) -> tuple[str, ...]:
    """Names by commas."""
    return tuple(name.strip() for name in value.split(",") if name.strip())


def about(parse: Any, meaning: str, *, secret: bool = False) -> dict[str, Any]:
    """What a field of settings carries: how its text is read, what it means, whether it is shown."""
    return {"parse": parse, "meaning": meaning, "secret": secret}
