"""What is sent and answered, as pydantic models; requests follow the model's feature contract."""

from typing import Annotated, Any, Union

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    TypeAdapter,
    ValidationError,
    create_model,
    model_validator,
)

from python_scoring.features.categories import CATEGORY
from python_scoring.features.contract import FeatureContract
from python_scoring.features.feature import Feature
from python_scoring.features.lead_input import LeadFeatures

MOST_LEADS = 1000
EXACT = ConfigDict(extra="forbid", strict=True)

LeadId = Annotated[str, Field(min_length=1, max_length=64, description="Returned as it came.")]
Text = str | None
Number = Annotated[float | None, Field(allow_inf_nan=False)]
Flag = Annotated[
    float | None,
    Field(allow_inf_nan=False),
    BeforeValidator(
        lambda value: float(value) if isinstance(value, bool) else value,
        json_schema_input_type=bool | float | None,
    ),
]


class Score(BaseModel):
    """A scored lead."""

    lead_id: LeadId
    lead_score: Annotated[float, Field(ge=0, le=1, description="Calibrated probability.")]
    score_bucket: str
    action_recommended: str
    model_version: str
    uncalibrated_score: Annotated[float, Field(ge=0, le=1)]
    engineered_features: dict[str, float | None]


class Scores(BaseModel):
    """Scored leads, in the order in which they were sent."""

    scores: list[Score]


class FieldReason(BaseModel):
    """What is wrong with one field."""

    field: Annotated[str, Field(description="Its path, such as leads.3.features.firm_aum_pit.")]
    reason: str


class Refusal(BaseModel):
    """Why nothing was scored."""

    error: str
    fields: list[FieldReason]


class Health(BaseModel):
    """The service can score."""

    status: str
    model_version: str


class Version(BaseModel):
    """Which model scores, and what it reads."""

    model_version: str
    model_sha256: Annotated[str, Field(description="Hash of the artifact's manifest.")]
    base_rate: Annotated[float, Field(description="Usual chance, against which scores are read.")]
    feature_names: Annotated[list[str], Field(description="All, in the model's order.")]
    base_feature_names: Annotated[list[str], Field(description="Those that a request holds.")]


def request_type(contract: FeatureContract) -> TypeAdapter[Any]:
    """Return the type of a request: one lead, or a batch of up to 1,000.

    Args:
        contract: The features of the model; each base feature is a required field, null where
            unknown.
    """
    features = _features_model(contract)
    lead: Any = create_model(
        "Lead", __config__=EXACT, __doc__="One lead.", lead_id=(LeadId, ...), features=features
    )
    many = Annotated[list[lead], Field(min_length=1, max_length=MOST_LEADS)]
    batch: Any = create_model(
        "Batch", __config__=EXACT, __doc__=f"Up to {MOST_LEADS:,} leads.", leads=(many, ...)
    )
    choice = Union[Annotated[lead, Tag("lead")], Annotated[batch, Tag("batch")]]  # noqa: UP007
    return TypeAdapter(Annotated[choice, Discriminator(_kind)])


def reasons(error: ValidationError) -> list[FieldReason]:
    """Return the reason for each field that pydantic found wrong; nothing of its value."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    # the first step of the path says which kind of request it was taken for
    return [
        FieldReason(field=".".join(map(str, at["loc"][1:])) or "body", reason=at["msg"])
        for at in found
    ]


def _features_model(contract: FeatureContract) -> Any:
    reader = LeadFeatures(contract)
    base = [feature for feature in contract.features if feature.kind == "base"]
    # by alias: a name of a foreign table need not be one that Python or pydantic allows
    fields: dict[str, Any] = {
        f"feature_{place}": (_kind_of_value(f), Field(alias=f.name, description=f.label))
        for place, f in enumerate(base)
    }
    respell: Any = model_validator(mode="before")(
        lambda given: reader.named(given) if isinstance(given, dict) else given
    )
    return create_model(
        "Features",
        __config__=EXACT,
        __doc__="Base features by name; null where unknown.",
        __validators__={"respell": respell},
        **fields,
    )


def _kind_of_value(feature: Feature) -> Any:
    """Return what a feature's value may be; true and false only where it is yes or no.

    A text may be one that training never saw: it is scored as unknown.
    """
    return {CATEGORY: Text, "flag": Flag}.get(feature.type, Number)


def _kind(body: object) -> str:
    return "batch" if isinstance(body, dict) and "leads" in body else "lead"
