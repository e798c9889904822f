"""Training without a language model: imitation of reflected data, then PPO (extra `rl`)."""
