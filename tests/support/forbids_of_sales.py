"""Which actions the forbids about sales and subscriptions judge, by rule and on which things."""

from copartner.policy.actions import Action

CHANGES = {
    "mp-subscription": (
        Action.SUBSCRIPTION_SUSPEND,
        Action.SUBSCRIPTION_REACTIVATE,
        Action.SUBSCRIPTION_CANCEL,
        Action.SUBSCRIPTION_CHANGE_QUANTITY,
        Action.SUBSCRIPTION_RENAME,
        Action.SUBSCRIPTION_SET_AUTO_RENEW,
        Action.SUBSCRIPTION_REGISTER,
        Action.SUBSCRIPTION_SET_SUPPORT_CONTACT,
    ),
    "mp-ownership": (Action.SUBSCRIPTION_SET_SELLER, Action.SUBSCRIPTION_SET_OWNER),
    "mp-terms": (
        Action.SUBSCRIPTION_CHANGE_TERM,
        Action.SUBSCRIPTION_CHANGE_BILLING_CYCLE,
        Action.SUBSCRIPTION_SET_COMMITMENT,
    ),
    "mp-record": (Action.SUBSCRIPTION_SET_PARTNER_OF_RECORD,),
    "mp-addon": (Action.SUBSCRIPTION_ADD_ADDON,),
    "mp-visibility": (Action.SUBSCRIPTION_READ, Action.SUBSCRIPTION_READ_TRANSITIONS),
}
SELLING = (
    (Action.CONSENT_ACCEPT, "RelationshipRequest"),
    (Action.CART_CREATE, "Customer"),
    (Action.CART_EDIT, "Cart"),
    (Action.CART_CHECKOUT, "Cart"),
    (Action.ORDER_PLACE, "Customer"),
    (Action.ORDER_PLACE, "Cart"),
    (Action.ORDER_EXTEND, "Order"),
    (Action.SUBSCRIPTION_TRANSITION, "Subscription"),
)
ORDERING = SELLING[3:]
BINDING = ((Action.CONSENT_ACCEPT, "RelationshipRequest"), (Action.CUSTOMER_CREATE, "Customer"))
