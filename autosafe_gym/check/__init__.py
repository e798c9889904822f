"""Proofs of the library: by execution, under mutation, of people and facts; cues, coverage, duplicates."""
