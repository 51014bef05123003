"""What if the weights, the pool or the rules of evidence of a stored run were different? Nothing official changes."""
