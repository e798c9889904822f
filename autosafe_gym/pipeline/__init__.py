"""From risk scenarios to training data: search, reflection, data sets; embedded roles, no model."""
