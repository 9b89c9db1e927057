"""Customer agreements in the contract's shapes."""

from datetime import datetime
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from copartner.agreements import service
from copartner.agreements.model import CUSTOMER_AGREEMENT, Agreement, Attestation, Contact, Template
from copartner.api import queries
from copartner.api.call import Call
from copartner.api.decoding import Malformed
from copartner.api.partner_center import wire
from copartner.api.partner_center.wire import Attributes, Collection
from copartner.api.registry import Query, Route


class ContactBody(Struct, frozen=True, rename="camel"):
    """The person who agreed."""

    first_name: str
    last_name: str
    email: str
    phone_number: str | UnsetType = UNSET


class AgreementRequest(Struct, frozen=True, rename="camel"):
    """What a partner states about a customer's acceptance."""

    primary_contact: ContactBody
    date_agreed: str
    template_id: str
    type: str = CUSTOMER_AGREEMENT


class AgreementBody(Struct, frozen=True, rename="camel"):
    """An agreement; without a contact it was accepted by the customer itself."""

    id: UUID
    type: str
    template_id: str
    date_agreed: datetime
    primary_contact: ContactBody | UnsetType = UNSET
    attributes: Attributes = Attributes("Agreement")


class TemplateBody(Struct, frozen=True, rename="camel"):
    """The text of an agreement."""

    template_id: str
    agreement_type: str
    agreement_link: str
    version_rank: int
    attributes: Attributes = Attributes("AgreementMetaData")


class DocumentBody(Struct, frozen=True, rename="camel"):
    """Where the text of an agreement is seen and had; both lead to the same place (agreement-document-resources)."""

    display_uri: str
    download_uri: str
    language: str
    country: str


class DirectSignedBody(Struct, frozen=True, rename="camel"):
    """Whether the customer itself accepted (customer-agreement-direct-sign-status-resource)."""

    is_signed: bool


class AgreementStatusBody(Struct, frozen=True, rename="camel"):
    """Whether a partner signed the partner agreement (verify-indirect-reseller-mpa-status, 2022-06-29)."""

    is_agreement_signed: bool


def _present(found: Agreement) -> AgreementBody:
    contact = found.contact
    return AgreementBody(
        id=found.id,
        type=found.type,
        template_id=found.template_id,
        date_agreed=found.agreed_at,
        primary_contact=UNSET
        if contact is None
        else ContactBody(contact.first_name, contact.last_name, contact.email, contact.phone or UNSET),
    )


def _template(found: Template) -> TemplateBody:
    return TemplateBody(found.id, found.type, found.link, found.version_rank)


async def _templates(call: Call) -> Collection[TemplateBody]:
    kind = (call.query("agreementType") or "").lower()
    found = await service.list_templates(call.ctx)
    return wire.collection((_template(one) for one in found if kind in ("", "*", one.type.lower())), call)


async def _list(call: Call) -> Collection[AgreementBody]:
    kind = call.query("agreementType")
    found = await service.list_agreements(
        call.ctx, customer_id=call.id("customer"), agreement_type=None if kind == "*" else kind
    )
    return wire.collection((_present(one) for one in found), call)


async def _attest(call: Call) -> AgreementBody:
    customer_id, asked = call.id("customer"), call.decode(AgreementRequest)
    agreed = queries.date(asked.date_agreed, "dateAgreed")
    if agreed is None:
        raise Malformed("dateAgreed: send the moment when the customer agreed.", "dateAgreed")
    contact = asked.primary_contact
    made = await service.attest_agreement(
        call.ctx,
        customer_id=customer_id,
        attestation=Attestation(
            contact=Contact(contact.first_name, contact.last_name, contact.email, contact.phone_number or ""),
            agreed_at=agreed.moment,
            template_id=asked.template_id,
            type=asked.type,
        ),
    )
    return _present(made)


async def _document(call: Call) -> DocumentBody:
    found = await service.read_document(
        call.ctx,
        template_id=call.text("agreementtemplate"),
        country=call.query("country"),
        language=call.query("language"),
    )
    link = found.template.link
    return DocumentBody(link, link, found.language, found.country)


async def _direct(call: Call) -> DirectSignedBody:
    return DirectSignedBody(await service.is_accepted_by_customer(call.ctx, customer_id=call.id("customer")))


async def _status(call: Call) -> AgreementStatusBody:
    if call.parameter("compliance") not in ((), ("csp",)):
        raise Malformed("The programme in the address has to be csp; there is no other.", "compliance")
    signed = await service.is_partner_agreement_signed(
        call.ctx, tenant_id=call.query_id("tenantId"), mpn_id=call.query("mpnId")
    )
    return AgreementStatusBody(signed)


_TYPE = Query("agreementType", "The type of agreement; * is any.")
_NAMED = (Query("mpnId", "The reseller's number in the programme, or"), Query("tenantId", "the reseller's tenant."))
_ALL = "/v1/customers/{customer}/agreements"
ROUTES = (
    Route(("GET",), "/v1/agreements", _templates, "agreement_metadata.list", "List the texts of agreements.",
          Collection[TemplateBody], query=(_TYPE,)),
    Route(("GET",), _ALL, _list, "agreements.list", "List a customer's agreements.", Collection[AgreementBody],
          user_only=True, query=(_TYPE,)),
    Route(("GET",), "/v1/agreementtemplates/{agreementtemplate}/document", _document, "agreement_documents.read",
          "Read where the text of an agreement is.", DocumentBody, user_only=True,
          query=(Query("language", "A language tag; en-US without it."), Query("country", "US without it."))),
    Route(("GET",), "/v1/customers/{customer}/directSignedMicrosoftCustomerAgreementStatus", _direct,
          "agreements.read_direct", "Read whether the customer itself accepted.", DirectSignedBody, user_only=True),
    Route(("GET",), "/v1/compliance/csp/agreementstatus", _status, "partner_agreements.read_status",
          "Read whether an indirect reseller signed the partner agreement.", AgreementStatusBody, user_only=True,
          query=_NAMED),
    Route(("GET",), "/v1/compliance/{compliance}/agreementstatus", _status, "partner_agreements.read_status_of",
          "The same at the address that names the programme.", AgreementStatusBody, user_only=True, query=_NAMED),
    Route(("POST",), _ALL, _attest, "agreements.attest", "State that a customer accepted.", AgreementBody,
          AgreementRequest, 201, user_only=True),
)  # fmt: skip
