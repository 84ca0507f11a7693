"""Room: continued pretraining, exact to the bit and resumable."""
