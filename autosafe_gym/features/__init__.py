"""What a learner sees: the menu of calls in sight, and its features as fixed-size arrays."""
