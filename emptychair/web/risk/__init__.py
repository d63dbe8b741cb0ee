"""Pages of risk: who may leave, how good the models are, and who may see what of it."""
