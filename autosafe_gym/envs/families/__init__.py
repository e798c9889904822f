"""The scenario families that ship with the package: importing this registers them."""
