"""The nets that catch what no feature may know; docs/reference/nets.md explains them."""
