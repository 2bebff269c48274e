"""How right the models of customers are, on real customers and on simulated ones: ``make accuracy`` writes docs/accuracy.md."""
