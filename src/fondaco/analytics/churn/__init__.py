"""Who is leaving: the probability that a customer buys nothing in the days to come, and the reasons in words.

Churn is no purchase within ``horizon_days`` after the day of observation. ``fit_churn`` tests two ways of telling it on the last
days whose outcome is known, and takes the better calibrated one for today.
"""

from importlib.util import find_spec

from fondaco.errors import ConfigError

if missing := [name for name in ("scipy", "xgboost") if find_spec(name) is None]:
    raise ConfigError(
        f"The models of who is leaving need {' and '.join(missing)}, which is not installed.",
        "Install it with `pip install 'fondaco[analytics]'`.",
    )

from fondaco.analytics.churn.behaviour import Behaviour
from fondaco.analytics.churn.classifier import Classifier, fit_classifier
from fondaco.analytics.churn.features import Features, features, outcomes
from fondaco.analytics.churn.fit import CLASSIFIER, ChurnFit, fit_churn
from fondaco.analytics.churn.measures import Bin, Report, report

__all__ = [
    "CLASSIFIER",
    "Behaviour",
    "Bin",
    "ChurnFit",
    "Classifier",
    "Features",
    "Report",
    "features",
    "fit_churn",
    "fit_classifier",
    "outcomes",
    "report",
]
