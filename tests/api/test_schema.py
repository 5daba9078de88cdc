"""The description of the API holds: OpenAPI 3.1, and every answer to a generated request is one that it announces."""

from __future__ import annotations

import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.places.conftest import territory  # noqa: F401  # the same fixture
from tests.places.factories import PlaceFactory, StopFactory, StopTimeFactory
from yole.config.wsgi import application
from yole.territory.models import Territory

CASES = 25


def test_the_description_is_openapi_31(client: Client, territory: Territory) -> None:  # noqa: F811  # fixture
    described = client.get("/api/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    assert set(described["paths"]) == {
        *("/api/v1/places", "/api/v1/places/{pk}", "/api/v1/stops", "/api/v1/communes"),
        *("/api/v1/activities/indicators", "/api/v1/activities/statistics"),
    }
    assert described["info"]["license"]["name"]
    for path in described["paths"].values():
        assert path["get"]["summary"]


def test_an_address_that_no_operation_takes_is_told_as_json(client: Client, territory: Territory) -> None:  # noqa: F811  # fixture
    for path in ("/api/v1/places/-180", "/api/v1/rien"):
        answer = client.get(path)
        assert (answer.status_code, set(answer.json())) == (404, {"code", "reason", "remedy"})


def _keep_connection() -> None:
    """A request through WSGI would close the connection that holds the test's transaction; the test client puts that back each time."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)


def test_generated_requests_get_announced_answers(client: Client, territory: Territory) -> None:  # noqa: F811  # fixture
    PlaceFactory()
    StopTimeFactory(stop=StopFactory())
    _keep_connection()
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", application)
    for operation in [result.ok() for result in schema.get_all_operations()]:

        @settings(
            max_examples=CASES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(), junk=st.sampled_from(["", "\x00", "'", "🚌", "-1", "NaN", "x" * 400]))
        def answered(case: schemathesis.Case, junk: str) -> None:
            # Rules between parameters (lat with lon, page times limit, days) cannot be written in OpenAPI: a 400 says them.
            _keep_connection()
            response = case.call_and_validate(headers={"Accept-Encoding": "identity"}, excluded_checks=[positive_data_acceptance])
            assert response.status_code < 500
            wild = dict.fromkeys(case.query or {}, junk)
            assert client.get(case.formatted_path, wild).status_code < 500

        answered()
