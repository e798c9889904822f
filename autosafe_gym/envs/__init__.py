"""Risk scenarios as Gymnasium environments, and the families that make the scenarios."""

if __name__ == "envs":  # Found by the link at the top of a clone.
    from autosafe_gym.root_links import step_aside

    step_aside(__name__, __file__)
