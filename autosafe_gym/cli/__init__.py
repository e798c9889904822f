"""The command line: `autosafe`."""
