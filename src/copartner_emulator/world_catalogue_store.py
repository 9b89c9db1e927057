"""Writes the catalogue of a world into its tables."""

from asyncpg.connection import Connection

from copartner.catalogue.model import Item, Promotion


async def insert_catalogue(db: Connection, catalogue: tuple[Item, ...], promotions: tuple[Promotion, ...]) -> None:
    """Everything that can be bought, and the promotions for it."""
    products = {item.product.id: item.product for item in catalogue}
    skus = {item.sku.reference: item.sku for item in catalogue}
    await db.executemany(
        """INSERT INTO catalogue_product (id, title, description, publisher, product_type, sub_type, target_views)
        VALUES ($1, $2, $3, $4, $5, $6, $7)""",
        [
            (it.id, it.title, it.description, it.publisher, it.product_type, it.sub_type, it.target_views)
            for it in products.values()
        ],
    )
    await db.executemany(
        """INSERT INTO catalogue_sku (product_id, id, title, description, minimum_quantity, maximum_quantity,
            pooled_maximum, one_per_seller, is_trial, is_azure, is_reservation, parents, prerequisites,
            seller_prerequisites, upgrade_targets, conversion_targets, activation_link)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)""",
        [
            (
                *(it.product_id, it.id, it.title, it.description, it.minimum_quantity, it.maximum_quantity),
                *(it.pooled_maximum, it.one_per_seller, it.is_trial, it.is_azure, it.is_reservation),
                *(it.parents, it.prerequisites, it.seller_prerequisites, it.upgrade_targets, it.conversion_targets),
                it.activation_link,
            )
            for it in skus.values()
        ],
    )
    offered = [item.availability for item in catalogue]
    await db.executemany(
        """INSERT INTO catalogue_availability (product_id, sku_id, id, country, segment, currency, is_purchasable,
            is_renewable)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)""",
        [
            (it.product_id, it.sku_id, it.id, it.country, it.segment, it.currency, it.is_purchasable, it.is_renewable)
            for it in offered
        ],
    )
    await db.executemany(
        """INSERT INTO catalogue_term (product_id, sku_id, availability_id, place, id, duration, billing_cycle,
            description, list_price, partner_price)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)""",
        [
            (
                *(it.product_id, it.sku_id, it.id, place, term.id, term.duration, term.billing_cycle),
                *(term.description, term.list_price, term.partner_price),
            )
            for it in offered
            for place, term in enumerate(it.terms)
        ],
    )
    await db.executemany(
        """INSERT INTO catalogue_promotion (id, name, description, starts_at, ends_at, segment, product_id, sku_id,
            duration, billing_cycle, discount, minimum_seats, maximum_seats)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)""",
        [
            (
                *(it.id, it.name, it.description, it.starts_at, it.ends_at, it.segment, it.product_id, it.sku_id),
                *(it.duration, it.billing_cycle, it.discount, it.minimum_seats, it.maximum_seats),
            )
            for it in promotions
        ],
    )
