"""A trained model at work: loaded, run, batched, and exchanged for a newer one."""
