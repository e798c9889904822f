"""Files and folders: what is written is whole, and one process at a time writes."""
