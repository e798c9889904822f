"""The scenarios: families by domain, what they draw from, splits, attacks, packs, and where seeds find them."""
