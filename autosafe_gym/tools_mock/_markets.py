"""Semantic types that several toolkits of markets share: tickers, coins, their quantities, addresses."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from autosafe_gym.tools_mock.semantic import semantic


def _number(text: str) -> float:
    return float(text.replace(",", ""))


Ticker = Annotated[str, Meta(max_length=12), semantic("ticker", r"\b[A-Z]{4}\b")]
"""A stock or fund, such as `NRTH`."""
Coin = Annotated[str, Meta(max_length=12), semantic("coin", r"\b[A-Z]{2}X\b")]
"""A fictional coin or token, such as `ORX`."""
CoinQuantity = Annotated[
    float,
    Meta(gt=0, le=1e12),
    semantic("coin_quantity", r"(?<!\d,)\b(\d[\d,]*(?:\.\d+)?) [A-Z]{2}X\b", _number),
]
"""How many coins; in text the coin stands behind it, as in `2.5 ORX`."""
ChainAddress = Annotated[str, Meta(max_length=80), semantic("chain_address", r"\b0x[0-9a-f]{8}\b")]
"""An address on a ledger, such as `0x7a3f19c2`."""
