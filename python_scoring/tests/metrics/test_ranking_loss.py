"""The loss of a ranking."""

import numpy as np

from python_scoring.metrics.ranking_loss import ranking_losses


def test_only_the_ranking_and_its_spread_decide_a_loss() -> None:
    rng = np.random.default_rng(0)
    margin = rng.normal(size=500)
    converted = rng.random(500) < 1 / (1 + np.exp(2 - margin))
    losses = ranking_losses(margin, converted)
    np.testing.assert_allclose(ranking_losses(3 * margin - 7, converted), losses, atol=1e-6)
    assert ranking_losses(rng.normal(size=500), converted).mean() > losses.mean()
    worthless = ranking_losses(np.zeros(500), converted)
    np.testing.assert_allclose(ranking_losses(-margin, converted), worthless, atol=1e-5)
