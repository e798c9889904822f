"""Many episodes: what a run depends on, side by side, into a store that loses nothing."""
