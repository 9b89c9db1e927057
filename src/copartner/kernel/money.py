"""Amounts with their currency; numeric, never floating."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in units of an ISO 4217 currency."""

    amount: Decimal
    currency: str

    def times(self, quantity: int) -> "Money":
        """The amount for a quantity, rounded to cents, halves up."""
        return Money((self.amount * quantity).quantize(Decimal("0.01"), ROUND_HALF_UP), self.currency)
