"""One episode: an agent in an environment, its limits, and what was stored of it judged again."""
