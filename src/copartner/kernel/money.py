"""Amounts with their currency; numeric, never floating."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in units of an ISO 4217 currency."""

    amount: Decimal
    currency: str
