"""`make bench`: what a page costs, as ratios in one run. See docs/performance.md."""
