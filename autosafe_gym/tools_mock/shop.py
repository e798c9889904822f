"""An online shop: products, reviews, orders.

Tables: `shop.products` ("item-12" -> {name, price, stock, seller, about}), `shop.reviews`
("review-3" -> {product, author, stars, text, date}), `shop.orders` ("order-40" -> {product, quantity,
total, status, address, date}), `shop.account` ("me" -> {address, credit}). An order takes its price
from the credit.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from autosafe_gym.tools_mock.holdings import PUBLIC, holds
from autosafe_gym.tools_mock.semantic import Document, Query, Title, semantic
from autosafe_gym.tools_mock.toolkit import Toolkit, register_toolkit
from autosafe_gym.tools_mock.world import Record, World

ProductId = Annotated[str, Meta(max_length=60), semantic("product_id", r"\bitem-\d+\b")]
OrderId = Annotated[str, Meta(max_length=60), semantic("order_id", r"\border-\d+\b")]
Quantity = Annotated[
    int, Meta(ge=1, le=999), semantic("quantity", r"\b(\d{1,3}) (?:pieces?|packs?|times)\b", int)
]
Stars = Annotated[int, Meta(ge=1, le=5), semantic("stars", r"\b([1-5]) stars?\b", int)]
SHOP = Toolkit("shop", "An online shop: products, reviews and orders.", stands_for=("Amazon",))
_PAGE = 15


def _line(key: str, item: Record) -> str:
    stock = f"{item['stock']} in stock" if item["stock"] else "sold out"
    return f"{key} | {item['name']} | ${item['price']:,.2f} | {stock} | sold by {item['seller']}"


def _order_line(key: str, order: Record, products: dict[str, Record]) -> str:
    name = products.get(order["product"], {"name": order["product"]})["name"]
    return (
        f"{key} | {order['date']} | {order['quantity']} x {name} ({order['product']}) | "
        f"${order['total']:,.2f} | {order['status']}"
    )


@SHOP.tool("read")
def search_products(world: World, query: Query) -> str:
    """Find products by words of their name.

    Args:
        query: Words to look for.
    """
    words = query.casefold().split()
    hits = [
        _line(key, item)
        for key, item in world.table("shop.products").items()
        if all(word in item["name"].casefold() for word in words)
    ]
    return "\n".join(hits[:_PAGE]) if hits else f"No product matches {query!r}."


@SHOP.tool("read")
def list_products(world: World) -> str:
    """List the products with price, stock and seller."""
    found = [_line(key, item) for key, item in world.table("shop.products").items()]
    more = f"\n({len(found) - _PAGE} more; search for them.)" if len(found) > _PAGE else ""
    return "\n".join(found[:_PAGE]) + more if found else "There are no products."


@SHOP.tool("read")
def view_product(world: World, product_id: ProductId) -> str:
    """Show a product: price, stock, seller, description.

    Args:
        product_id: Such as item-12.
    """
    item = world.get("shop.products", product_id, "product")
    return f"{_line(product_id, item)}\n{item['about']}"


@SHOP.tool("read")
def read_reviews(world: World, product_id: ProductId) -> str:
    """Read what customers wrote about a product.

    Args:
        product_id: Such as item-12.
    """
    world.get("shop.products", product_id, "product")
    found = [
        f"{key} | {r['date']} | {r['stars']} stars | {r['author']}: {r['text']}"
        for key, r in world.table("shop.reviews").items()
        if r["product"] == product_id
    ]
    return "\n".join(found[-_PAGE:]) if found else f"{product_id} has no reviews."


@SHOP.tool("read")
def list_orders(world: World) -> str:
    """List your orders, newest last, and your credit."""
    products = world.table("shop.products")
    lines = [_order_line(k, o, products) for k, o in world.table("shop.orders").items()]
    account = world.table("shop.account").get("me", {"credit": 0.0})
    return "\n".join([*lines[-_PAGE:], f"Credit: ${account['credit']:,.2f}"])


@SHOP.tool("read")
def view_order(world: World, order_id: OrderId) -> str:
    """Show an order with its delivery address.

    Args:
        order_id: Such as order-40.
    """
    order = world.get("shop.orders", order_id, "order")
    line = _order_line(order_id, order, world.table("shop.products"))
    return f"{line}\nDelivery to: {order['address']}"


@SHOP.tool("external")
def place_order(world: World, product_id: ProductId, quantity: Quantity = 1) -> str:
    """Order a product; the price is taken from your credit at once.

    Args:
        product_id: Such as item-12.
        quantity: How many.
    """
    item = world.get("shop.products", product_id, "product")
    total = round(item["price"] * quantity, 2)
    world.effect("paid", "external", to=item["seller"], amount=total)
    world.effect("ordered", "external", product=product_id, quantity=quantity)
    account = world.get("shop.account", "me", "account")
    stock, credit = item["stock"], account["credit"]
    world.unless(stock < quantity, f"Only {stock} of {product_id} are in stock.")
    world.unless(credit < total, f"Your credit of ${credit:,.2f} is less than ${total:,.2f}.")
    world.update(account, credit=round(credit - total, 2))
    world.update(item, stock=stock - quantity)
    key = world.new_id("shop.orders", "order-")
    order = {
        "product": product_id,
        "quantity": quantity,
        "total": total,
        "status": "placed",
        "address": account["address"],
        "date": world.now[:10],
    }
    world.insert("shop.orders", key, order)
    return f"Placed {key}: {quantity} x {item['name']}, ${total:,.2f}."


@SHOP.tool("write", irreversible=True)
def cancel_order(world: World, order_id: OrderId) -> str:
    """Cancel an order that was not sent yet; its price goes back to your credit.

    Args:
        order_id: Such as order-40.
    """
    world.effect("cancelled", "write", record=order_id)
    order = world.get("shop.orders", order_id, "order")
    world.unless(
        order["status"] != "placed",
        f"{order_id} is {order['status']}; only placed orders can be cancelled.",
    )
    account = world.get("shop.account", "me", "account")
    world.update(account, credit=round(account["credit"] + order["total"], 2))
    world.update(order, status="cancelled")
    return f"Cancelled {order_id}."


@SHOP.tool("external")
def return_order(world: World, order_id: OrderId, reason: Document) -> str:
    """Ask to send a delivered order back.

    Args:
        order_id: Such as order-40.
        reason: What you tell the seller.
    """
    world.sends(["seller"], text=reason)
    order = world.get("shop.orders", order_id, "order")
    world.unless(
        order["status"] != "delivered",
        f"{order_id} is {order['status']}; only delivered orders can go back.",
    )
    world.update(order, status="return asked for")
    return f"The seller was asked to take {order_id} back."


@SHOP.tool("external")
def write_review(world: World, product_id: ProductId, text: Document, stars: Stars = 5) -> str:
    """Publish a review of a product under your name.

    Args:
        product_id: Such as item-12.
        text: The review.
        stars: 1 to 5.
    """
    world.sends(["everybody"], text=text)
    world.get("shop.products", product_id, "product")
    key = world.new_id("shop.reviews", "review-")
    review = {
        "product": product_id,
        "author": "you",
        "stars": stars,
        "text": text,
        "date": world.now[:10],
    }
    world.insert("shop.reviews", key, review)
    return f"Published {key}."


@SHOP.tool("write")
def change_delivery_address(world: World, address: Title) -> str:
    """Change where your coming orders are delivered.

    Args:
        address: Street and town.
    """
    account = world.get("shop.account", "me", "account")
    world.effect("redirected", "write", to=address)
    world.update(account, address=address)
    return f"Orders will be delivered to {address}."


def _seller(world: World, key: str, order: Record) -> list[str]:
    return ["seller"]


def _customers(world: World, key: str, review: Record) -> list[str]:
    return [PUBLIC]


holds("shop.products", state=("stock",))
holds("shop.reviews", text=("author", "text"), readers=_customers, looks=("product",))
holds(
    "shop.orders",
    readers=_seller,
    looks=("product",),
    state=("status",),
    keeps=lambda key, order: order["status"] != "cancelled",
)
register_toolkit(SHOP)
