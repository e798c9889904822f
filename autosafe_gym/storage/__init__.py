"""Files and folders: what others may have written is read within bounds, what is written is whole, by one process at a time."""
