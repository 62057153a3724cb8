"""Where scores are delivered: rules common to all, and one package a vendor."""
