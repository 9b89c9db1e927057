"""The documented examples about the catalogue, carts, orders and subscriptions, those of licence-based services."""

from support.goldens import Documented, left_out, linked, listed
from support.web import Web

WHO = "aa@nordlicht"
ITEM = "CFQ7TTC0PR3M:0001:CFQ7TTC0GQ3P"
KIND = "attributes attributes.objectType"
SELF = linked("self")
PRODUCT = f"""id title description productType productType.id productType.displayName isMicrosoftProduct publisherName
    {linked("skus", "self")}"""
SKU = f"""id productId title description minimumQuantity maximumQuantity isTrial supportedBillingCycles
    purchasePrerequisites inventoryVariables provisioningVariables actions dynamicAttributes
    dynamicAttributes.isMicrosoftProduct dynamicAttributes.hasConstraints dynamicAttributes.isAddon
    dynamicAttributes.prerequisiteSkus dynamicAttributes.isSoftwareAssuranceApplicable
    dynamicAttributes.upgradeTargetOffers dynamicAttributes.provisioningId dynamicAttributes.internal
    {linked("availabilities", "self")}"""
AVAILABILITY = f"""id productId skuId catalogItemId defaultCurrency defaultCurrency.code defaultCurrency.symbol segment
    country isPurchasable isRenewable renewalInstructions renewalInstructions[].applicableTermIds
    renewalInstructions[].renewalOptions renewalInstructions[].renewalOptions[].renewToId
    renewalInstructions[].renewalOptions[].isAutoRenewable terms terms[].id terms[].duration terms[].description
    terms[].billingCycle terms[].cancellationPolicies terms[].cancellationPolicies[].refundOptions
    terms[].cancellationPolicies[].refundOptions[].sequenceId terms[].cancellationPolicies[].refundOptions[].type
    terms[].cancellationPolicies[].refundOptions[].expiresAfter {SELF}"""
CART = f"""id creationTimestamp lastModifiedTimestamp expirationTimestamp lastModifiedUser status lineItems
    lineItems[].id lineItems[].catalogItemId lineItems[].quantity lineItems[].currencyCode lineItems[].billingCycle
    lineItems[].termDuration lineItems[].orderGroup lineItems[].pricing lineItems[].pricing.listPrice
    lineItems[].pricing.discountedPrice lineItems[].pricing.proratedPrice lineItems[].pricing.price
    lineItems[].pricing.extendedPrice {SELF} {KIND}"""
OLDER_CART = f"""id creationTimestamp lastModifiedTimestamp lastModifiedUser lineItems lineItems[].id
    lineItems[].catalogItemId lineItems[].friendlyName lineItems[].quantity lineItems[].currencyCode
    lineItems[].billingCycle lineItems[].orderGroup {SELF} {KIND}"""
ORDER = f"""id referenceCustomerId billingCycle currencyCode lineItems lineItems[].lineItemNumber lineItems[].offerId
    lineItems[].friendlyName lineItems[].quantity lineItems[].links lineItems[].links.sku lineItems[].links.sku.uri
    lineItems[].links.sku.method lineItems[].links.sku.headers creationDate status
    {linked("provisioningStatus", "self")} {KIND}"""
CHECKOUT = """orders orders[].id orders[].alternateId orders[].referenceCustomerId orders[].billingCycle
    orders[].currencyCode orders[].currencySymbol orders[].lineItems orders[].lineItems[].lineItemNumber
    orders[].lineItems[].offerId orders[].lineItems[].subscriptionId orders[].lineItems[].termDuration
    orders[].lineItems[].transactionType orders[].lineItems[].friendlyName orders[].lineItems[].quantity
    orders[].lineItems[].links orders[].creationDate orders[].status orders[].transactionType orders[].links"""
SUBSCRIPTION = f"""id offerId offerName friendlyName productType productType.id productType.displayName quantity
    unitType hasPurchasableAddons creationDate effectiveStartDate commitmentEndDate status autoRenewEnabled isTrial
    billingType billingCycle termDuration renewalTermDuration refundOptions refundOptions[].type
    refundOptions[].expiresAt
    isMicrosoftProduct partnerId attentionNeeded actionTaken contractType
    {linked("product", "sku", "availability", "self")} publisherName refundableQuantity
    refundableQuantity.totalQuantity refundableQuantity.details refundableQuantity.details[].quantity
    refundableQuantity.details[].allowedUntilDateTime orderId {KIND}"""
OLDER = f"""id friendlyName quantity unitType creationDate effectiveStartDate commitmentEndDate status autoRenewEnabled
    billingType contractType {linked("self")} orderId attributes.etag {KIND}"""
OLDER_LISTED = f"{OLDER} entitlementId {linked('offer')}"
OF_LINES = {"items[].lineItems[].links.provisioningStatus": "how far a line is provisioned is read with its order"}
OF_CATALOGUE = {
    "renewalInstructions": "renewal is settled at the subscription",
    "cancellationPolicies": "every term may be refunded alike, as the subscription says in refundOptions",
    "dynamicAttributes.isMicrosoftProduct": "the product says it",
    **dict.fromkeys(("actions", "inventoryVariables", "provisioningVariables", "dynamicAttributes.hasConstraints",
                     "dynamicAttributes.internal", "dynamicAttributes.isSoftwareAssuranceApplicable",
                     "dynamicAttributes.provisioningId"), "nothing here differs by it"),
}  # fmt: skip
OF_CARTS = {
    "lastModifiedUser": "who changed a cart is in the audit",
    "pricing.listPrice": "the catalogue says it",
}
OF_SUBSCRIPTIONS = {
    **dict.fromkeys(("isMicrosoftProduct", "publisherName"), "the product, which is linked, says it"),
    **dict.fromkeys(("attentionNeeded", "actionTaken"), "nothing here waits for the seller's attention"),
    "hasPurchasableAddons": "add-ons are found in the catalogue",
    "renewalTermDuration": "instructions for the next term say it, where there are any",
    "partnerId": "nobody is partner of record in the example",
    "entitlementId": "entitlements are not in the core",
    "links.offer": "of a subscription the newer links are answered: product, SKU, availability",
}
ROOT = "/v1/customers/{customer}"
ONE = f"{ROOT}/subscriptions/{{subscription}}"

SKUS, AVAILABILITIES = "/products/CFQ7TTC0PR3M/skus", "/products/CFQ7TTC0PR3M/skus/0001/availabilities"
CATALOGUE = tuple(
    Documented(f"{page}{'' if method == 'GET' else '-post'}", page, date, WHO, method, path, shows,
               without=left_out(shows, OF_CATALOGUE))
    for page, date, method, path, shows in (
        ("get-a-list-of-products", "2023-08-23", "GET", "/v1/products?country=DE&targetView=OnlineServices",
         f"{listed(PRODUCT)} {SELF}"),
        ("get-a-product-by-id", "2022-06-28", "GET", "/v1/products/CFQ7TTC0PR3M?country=DE", PRODUCT),
        ("get-a-list-of-skus-for-a-product", "2023-08-23", "GET", f"/v1{SKUS}?country=DE", listed(SKU)),
        ("get-a-sku-by-id", "2023-08-23", "GET", f"/v1{SKUS}/0001?country=DE", SKU),
        ("get-a-list-of-availabilities-for-a-sku", "2023-08-23", "GET", f"/v1{AVAILABILITIES}?country=DE",
         listed(AVAILABILITY)),
        ("get-an-availability-by-id", "2023-08-23", "GET", f"/v1{AVAILABILITIES}/CFQ7TTC0GQ3P?country=DE",
         f"{AVAILABILITY} product sku"),
        *(example for method in ("GET", "POST") for example in (
            ("get-a-list-of-products-by-customer", "2022-06-28", method,
             f"{ROOT}/products?targetView=OnlineServices", f"{listed(PRODUCT)} {SELF}"),
            ("get-a-list-of-skus-for-a-product-by-customer", "2023-08-23", method, f"{ROOT}{SKUS}", listed(SKU)),
            ("get-a-list-of-availabilities-for-a-sku-by-customer", "2023-08-23", method, f"{ROOT}{AVAILABILITIES}",
             listed(AVAILABILITY)))),
    )
)  # fmt: skip
# The pages about a customer's lists show one product and one SKU too.
ONE_PRODUCT = f"""{PRODUCT} productType.subType productType.subType.id productType.subType.displayName
    localizedAttributes localizedAttributes[].key localizedAttributes[].value"""
ONE_SKU = f"""id productId title description minimumQuantity maximumQuantity isTrial supportedBillingCycles
    purchasePrerequisites inventoryVariables provisioningVariables actions dynamicAttributes
    dynamicAttributes.isMicrosoftProduct dynamicAttributes.pilotProgram {linked("availabilities", "self")}"""
SINGLE = (
    Documented("get-a-product-by-customer", "get-a-list-of-skus-for-a-product-by-customer", "2023-08-23", WHO, "GET",
               f"{ROOT}/products/CFQ7TTC0PR3M", ONE_PRODUCT, without=left_out(ONE_PRODUCT, {
                   "productType.subType": "the service of the example has none",
                   "localizedAttributes": "the catalogue's texts are in one language"})),
    Documented("get-a-sku-by-customer", "get-a-list-of-availabilities-for-a-sku-by-customer", "2023-08-23", WHO, "GET",
               f"{ROOT}{SKUS}/0001", ONE_SKU, without=left_out(ONE_SKU, {
                   **OF_CATALOGUE, "dynamicAttributes.pilotProgram": "nothing here differs by it"})),
)  # fmt: skip
LINE = {"CatalogItemId": ITEM, "Quantity": 10, "TermDuration": "P1Y", "BillingCycle": "Monthly"}
CREATE = Documented("create-a-cart", "create-a-cart", "2022-12-09", WHO, "POST", f"{ROOT}/carts", CART, 201,
                    body={"LineItems": [LINE]}, without=left_out(CART, OF_CARTS))  # fmt: skip
CARTS = (
    Documented("update-a-cart", "update-a-cart", "2022-12-09", WHO, "PUT", f"{ROOT}/carts/{{cart}}/", OLDER_CART,
               body={"LineItems": [{"Id": 0, **LINE, "Quantity": 12, "FriendlyName": "Werk"}]},
               without=left_out(OLDER_CART, OF_CARTS)),
    Documented("cart-resources", "cart-resources", "2022-12-09", WHO, "GET", f"{ROOT}/carts/{{cart}}", CART,
               without=left_out(CART, OF_CARTS)),
)  # fmt: skip
CHECK_OUT = Documented("checkout-a-cart", "checkout-a-cart", "2022-12-10", WHO, "POST",
                       f"{ROOT}/carts/{{cart}}/checkout", CHECKOUT, 201)  # fmt: skip
ORDERS = (
    Documented("create-an-order", "create-an-order", "2022-12-09", WHO, "POST", f"{ROOT}/orders", ORDER, 201, body={
        "BillingCycle": "monthly", "CurrencyCode": None, "LineItems": [
            {"LineItemNumber": 0, "OfferId": ITEM, "Quantity": 5, "TermDuration": "P1Y", "FriendlyName": "Büro",
             "ParentSubscriptionId": None, "PartnerIdOnRecord": None}], "Attributes": {"ObjectType": "Order"}}),
    Documented("get-an-order-by-id", "get-an-order-by-id", "2022-06-13", WHO, "GET", f"{ROOT}/orders/{{order}}",
               f"{ORDER} currencySymbol"),
    Documented("get-all-of-a-customer-s-orders", "get-all-of-a-customer-s-orders", "2022-06-28", WHO, "GET",
               f"{ROOT}/orders", listed(f"{ORDER} lineItems[].subscriptionId lineItems[].links.subscription"
               " lineItems[].links.subscription.uri lineItems[].links.provisioningStatus"), without=OF_LINES),
    Documented("get-a-list-of-orders-by-billing-cycle",
               "get-a-list-of-orders-by-customer-and-billing-cycle-type", "2022-06-13", WHO, "GET",
               f"{ROOT}/orders?billingType=monthly", f"{listed(ORDER)} {SELF}"),
)  # fmt: skip
SUBSCRIPTIONS = (
    Documented("get-a-subscription-by-id", "get-a-subscription-by-id", "2023-05-09", WHO, "GET", ONE, SUBSCRIPTION,
               without=left_out(SUBSCRIPTION, OF_SUBSCRIPTIONS)),
    Documented("get-all-of-a-customer-s-subscriptions", "get-all-of-a-customer-s-subscriptions", "2022-06-13", WHO,
               "GET", f"{ROOT}/subscriptions", listed(OLDER_LISTED),
               without=left_out(listed(OLDER_LISTED), OF_SUBSCRIPTIONS)),
    Documented("get-a-list-of-subscriptions-by-order", "get-a-list-of-subscriptions-by-order", "2022-06-28", WHO,
               "GET", f"{ROOT}/subscriptions?order_id={{order}}", listed(OLDER_LISTED),
               without=left_out(listed(OLDER_LISTED), OF_SUBSCRIPTIONS)),
    Documented("get-a-subscription-s-support-contact", "get-a-subscription-s-support-contact", "2022-06-13", WHO,
               "GET", f"{ONE}/supportcontact", f"supportTenantId supportMpnId name {SELF} {KIND}"),
    Documented("update-the-nickname-for-a-subscription", "update-the-nickname-for-a-subscription", "2022-06-13", WHO,
               "PATCH", ONE, OLDER, body={"FriendlyName": "Werk 2", "Status": "active", "AutoRenewEnabled": True}),
    Documented("change-the-quantity-of-a-subscription", "change-the-quantity-of-a-subscription", "2023-10-10", WHO,
               "PATCH", ONE, SUBSCRIPTION, body={"quantity": 15, "autoRenewEnabled": True},
               without=left_out(SUBSCRIPTION, OF_SUBSCRIPTIONS)),
    Documented("update-a-subscription-by-id", "update-a-subscription-by-id", "2022-06-13", WHO, "PATCH", ONE, OLDER,
               body={"AutoRenewEnabled": False}),
    Documented("suspend-a-subscription", "suspend-a-subscription", "2022-06-13", WHO, "PATCH", ONE, OLDER,
               body={"Status": "suspended", "AutoRenewEnabled": False}),
    Documented("reactivate-a-suspended-a-subscription", "reactivate-a-suspended-a-subscription", "2022-06-13", WHO,
               "PATCH", ONE, OLDER, body={"Status": "active", "AutoRenewEnabled": False}),
)  # fmt: skip
ACTIVATION = Documented(
    "activate-sandbox-subscription", "activate-sandbox-subscription-azure-marketplace-products", "2022-06-30", WHO,
    "POST", f"{ONE}/activate", "subscriptionId status")  # fmt: skip


async def test_documented_examples_of_the_catalogue(site: Web) -> None:
    for example in (*CATALOGUE, *SINGLE):
        await example.hold(site, customer=str(site.here.id("alpenblick")))


async def test_documented_examples_of_a_sale(site: Web) -> None:
    customer = str(site.here.id("alpenblick"))
    cart = (await CREATE.hold(site, customer=customer))["id"]
    for example in CARTS:
        await example.hold(site, customer=customer, cart=cart)
    (sold,) = (await CHECK_OUT.hold(site, customer=customer, cart=cart))["orders"]
    place, *orders = ORDERS
    order = (await place.hold(site, customer=customer))["id"]
    for example in orders:
        await example.hold(site, customer=customer, order=order)
    subscription = sold["lineItems"][0]["subscriptionId"]
    for example in SUBSCRIPTIONS:
        await example.hold(site, customer=customer, order=sold["id"], subscription=subscription)


async def test_the_documented_example_of_an_activation(site: Web) -> None:
    """On the page a purchase from the marketplace waits; here no purchase does, so one is made to."""
    customer = str(site.here.id("alpenblick"))
    order = await ORDERS[0].hold(site, customer=customer)
    subscription = order["lineItems"][0]["subscriptionId"]
    async with site.here.owner() as owner:
        await owner.execute("UPDATE subscription SET status = 'pending' WHERE id::text = $1", subscription)
    await ACTIVATION.hold(site, customer=customer, subscription=subscription)
