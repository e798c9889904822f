"""Risk scenarios as Gymnasium environments, and the families that make the scenarios."""
