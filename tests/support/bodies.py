"""Bodies that work, in the world `multi-partner`."""

from typing import Any

ADDRESS = {
    "firstName": "Eva",
    "lastName": "Berg",
    "addressLine1": "Hauptstr. 1",
    "city": "Kiel",
    "country": "DE",
    "addressLine2": "2. Stock",
    "postalCode": "24103",
    "phoneNumber": "+49 431 1",
}
BILLING: dict[str, Any] = {
    "email": "eva@kueste.example",
    "companyName": "Küste GmbH",
    "culture": "de-DE",
    "language": "de",
    "defaultAddress": ADDRESS,
}
CONTACT = {"firstName": "Eva", "lastName": "Berg", "email": "eva@alpenblick.example", "phoneNumber": "+49 30 1"}


def profile_bodies() -> dict[str, Any]:
    """What a partner says of itself, by the name of the route."""
    support = {"email": "hilfe@nordlicht.example", "telephone": "+49 40 1", "website": "www.nordlicht.example"}
    return {
        "partner_profiles.replace_billing": {
            "companyName": "Nordlicht IT GmbH",
            "address": ADDRESS,
            "primaryContact": CONTACT,
            "purchaseOrderNumber": "9888",
            "taxId": "DE811",
            "billingCurrency": "EUR",
        },
        "partner_profiles.replace_legal": {
            "companyName": "Nordlicht IT GmbH",
            "address": ADDRESS,
            "primaryContact": CONTACT,
            "companyApproverAddress": ADDRESS,
            "companyApproverEmail": "eva@nordlicht.example",
        },
        "partner_profiles.replace_organization": {
            "companyName": "Nordlicht IT GmbH",
            "defaultAddress": ADDRESS,
            "email": "post@nordlicht.example",
            "culture": "de-DE",
            "language": "de",
        },
        "partner_profiles.replace_support": support,
        "partner_profiles.replace_support_documented": support,
    }


RESELLER: dict[str, Any] = {
    "mpnId": "6363276",
    "tenant": {
        "domainPrefix": "Deich", "name": "Deich", "displayName": "Deich", "adminUserName": "admin",
        "adminFirstName": "Eva", "adminLastName": "Berg", "adminAlternateEmail": "eva@deich.example", "country": "DE",
        "culture": "de-DE",
    },
    "legalBusinessProfile": {
        "companyName": "Deich Systeme GmbH",
        "address": {
            "country": "DE", "city": "Husum", "state": "", "addressLine1": "Hafenstraße 1", "addressLine2": "",
            "postalCode": "25813",
        },
        "primaryContact": {
            "firstName": "Eva", "lastName": "Berg", "email": "eva@deich.example", "phoneNumber": "+49 4841 100",
        },
        "culture": "de-DE",
    },
    "organizationProfileLanguage": "de",
}  # fmt: skip


def tenancy_bodies() -> dict[str, Any]:
    """What is done in a customer's tenant or asked before, by the name of the route."""
    return {
        "addresses.check": ADDRESS,
        "customer_domains.add": {
            "verifiedDomainName": "lager.example",
            "domain": {
                "authenticationType": "federated",
                "capability": "Email",
                "name": "lager.example",
                "status": "verified",
                "verificationMethod": "none",
            },
            "domainFederationSettings": {
                "issuerUri": "lager.example",
                "logOffUri": "https://sts.lager.example/out",
                "passiveLogOnUri": "https://sts.lager.example/in",
                "preferredAuthenticationProtocol": "WsFed",
                "promptLoginBehavior": "Disabled",
                "signingCertificate": "MII",
                "supportsMfa": True,
            },
        },
    }


def directory_bodies() -> dict[str, Any]:
    """What a tenant administers of its own, by the name of the route."""
    back = "https://lager.nordlicht.example/back"
    return {
        "users.create": {"userPrincipalName": "nina", "displayName": "Nina", "roles": ["Sales agent"]},
        "users.change": {"displayName": "Eva Berger", "enabled": True},
        "groups.create": {"name": "Technik"},
        "applications.create": {"name": "Kasse", "redirectUris": [back]},
        "applications.change": {"name": "Lager 2", "redirectUris": [back], "enabled": True},
        "application_consents.give": {"offline": False},
        "applications.add_secret": {"description": "Werk", "expiresAt": "2027-03-01T00:00:00Z"},
    }
