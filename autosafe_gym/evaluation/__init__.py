"""Metrics with intervals: sec@k at frozen scenarios, and what whole episodes say."""
