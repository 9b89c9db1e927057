"""What values of the domain are called on a customer's pages, and refusals in the reader's language."""

from copartner.kernel.errors import Invalid
from copartner.portal.page import Visit
from copartner.portal.speaking import word

ROLES = (word("Admin agent"), word("Helpdesk agent"))
RISKS = (word("highest risk"), word("high risk"), word("medium risk"), word("low risk"))


def invalid(visit: Visit, sentence: str, *data: str) -> Invalid:
    """What is wrong with a form, by a sentence that `word` marks."""
    refusal = Invalid(sentence, *data)
    refusal.translations = {visit.language: visit.text(sentence)}
    return refusal
