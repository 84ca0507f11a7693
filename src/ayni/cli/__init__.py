"""Floor 4: the verbs of the command `ayni`. Heavy imports stay inside each verb's `run`."""
