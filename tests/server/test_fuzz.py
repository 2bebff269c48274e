"""Whatever is asked of the API, its answer is one that its description promises. ``make fuzz`` asks fifty thousand times."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from fondaco.orchestration import Project
from fondaco.server.app import create_app

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EACH = 25


@pytest.mark.slow
def test_no_question_is_answered_with_a_fault_or_in_another_shape(known: Project) -> None:
    _, secret = known.control.tokens.create(known.tenant, "fuzz")
    headers = {"Authorization": f"Bearer {secret}"}
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", create_app(known))
    operations = [found.ok() for found in schema.get_all_operations()]
    addresses = {operation.path for operation in operations}
    asked: set[str] = set()
    for operation in operations:

        @settings(max_examples=EACH, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
        @given(case=operation.as_strategy())
        def ask(case: schemathesis.Case) -> None:
            # An id that is the word of another address asks there.
            assume(case.formatted_path == case.operation.path or case.formatted_path not in addresses)
            asked.add(case.operation.label)
            case.call_and_validate(headers=headers, checks=CHECKS)

        ask()
    assert {"GET /api/v1/customers", "GET /api/v1/metrics/query", "GET /api/v1/models"} <= asked
