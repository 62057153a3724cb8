"""The nets that catch what no feature may know; docs/leakage.md explains them."""
