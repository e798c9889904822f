"""Language models made safer: supervised fine-tuning on reflected data, DPO, GRPO in the environment."""
