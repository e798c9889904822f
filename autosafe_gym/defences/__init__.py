"""Wrappers round agents that make them safer: safety architectures and the usual defences of the prompt."""
