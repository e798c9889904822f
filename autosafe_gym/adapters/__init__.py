"""Foreign benchmarks as risk environments; the data stay with the user."""
