"""Files: how what others may have written is read; it imports nothing of the package but its errors."""
