"""Running agents in environments."""
