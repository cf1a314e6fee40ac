"""Side-by-side speed against peers, as ratios within one run."""
