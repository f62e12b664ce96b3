"""Ways to break the product, each with the tests that must notice. `scripts/mutants` runs them."""
