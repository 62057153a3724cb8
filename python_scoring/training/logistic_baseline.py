"""A logistic regression beside every model: how a linear model of the features ranks.

A booster that does not rank better is not worth its complexity. Features are put on one scale by
their ranks, since a linear model would follow the long tails of counts and dollars. An unknown
value is the median, and whether it is unknown is one more input; so is each category.
"""

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, QuantileTransformer

from python_scoring.arrays import Matrix, Vector
from python_scoring.dataset.labelled_leads import LabelledTable

QUANTILES = 100
INVERSE_PENALTY = 0.1


def logistic_scores(past: LabelledTable, features: Matrix) -> Vector:
    """Learn the baseline from past rows and return its scores of others, shape (n,).

    Args:
        past: Rows to learn from, both outcomes present.
        features: Rows to score, shape (n, features), unknown as NaN.
    """
    model = _pipeline(past).fit(past.features, past.converted)
    return np.asarray(model.predict_proba(features)[:, 1])


def _pipeline(past: LabelledTable) -> Pipeline:
    texts = past.contract.category_positions
    counted = [position for position in range(past.features.shape[1]) if position not in texts]
    ranks = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True),
        QuantileTransformer(
            n_quantiles=min(QUANTILES, len(past.dates)),
            output_distribution="normal",
            random_state=0,
        ),
    )
    facts = ColumnTransformer(
        [("ranks", ranks, counted), ("texts", OneHotEncoder(handle_unknown="ignore"), texts)]
    )
    return make_pipeline(facts, LogisticRegression(C=INVERSE_PENALTY, max_iter=1000))
