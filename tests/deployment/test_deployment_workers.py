"""A national run in one worker, stopped on the page: it ends well, and meanwhile a second worker serves other tasks."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from yole.deployment import planning, services
from yole.deployment.enums import Demand, State, Today
from yole.deployment.models import Scenario

COMMUNES, SITES = 30_000, 3_500


def national() -> SimpleUploadedFile:
    """Invented towns as dense as those of France: some seven within five kilometres of each."""
    rng = np.random.default_rng(0)
    where = np.column_stack((rng.uniform(43.0, 49.5, COMMUNES), rng.uniform(-1.0, 6.5, COMMUNES)))
    people = (rng.pareto(1.1, COMMUNES) * 300 + 50).clip(max=200_000).astype(int)
    rows = [f"c{i},{lat:.5f},{lon:.5f},{count}" for i, ((lat, lon), count) in enumerate(zip(where.tolist(), people.tolist(), strict=True))]
    return SimpleUploadedFile("communes.csv", ("id,lat,lon,population\n" + "\n".join(rows) + "\n").encode())


@contextmanager
def worker(*options: str) -> Iterator[subprocess.Popen[bytes]]:
    """The task worker as `yole worker` runs it, in a process of its own, on the database of the test."""
    from django.db import connections

    from yole.base.database import OWNER, EmbeddedServer
    from yole.base.paths import data_dir

    settings = connections["default"].settings_dict
    server = EmbeddedServer(data_dir())
    environment = {
        **os.environ,
        "YOLE_DATABASE_URL": server.url(settings["USER"], settings["NAME"]),
        "YOLE_DATABASE_OWNER_URL": server.url(OWNER, settings["NAME"]),
    }
    command = [sys.executable, "-m", "django", "db_worker", "--no-reload", "--no-startup-delay", *options]
    process = subprocess.Popen(command, env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def until(true: Callable[[], bool], seconds: float = 90.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.2)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_national_run_stops_well_while_a_second_worker_serves(island: SimpleNamespace) -> None:
    large = services.create_scenario(
        island.coordinator, title="Pays (fictif)", count=SITES, radius_km=5.0, demand=Demand.FILE, demand_file=national(), today=Today.NONE
    )

    def now(one: Scenario) -> Scenario:
        return Scenario.objects.get(pk=one.pk)

    with worker("--max-tasks", "1") as first:
        until(lambda: now(large).state == State.RUNNING and now(large).progress > 0)
        small = services.create_scenario(island.coordinator, title="Île (fictif)", count=2, radius_km=3.0)
        with worker("--batch") as second:
            until(lambda: now(small).state == State.DONE)
            assert second.wait(timeout=60) == 0
        assert now(large).state == State.RUNNING
        services.stop(island.coordinator, now(large))
        asked = time.monotonic()
        assert first.wait(timeout=60) == 0
        assert time.monotonic() - asked < 30
    stopped = now(large)
    assert stopped.state == State.STOPPED
    result = stopped.result
    assert result is not None
    assert result["stopped"] is True
    assert len({one["id"] for one in result["sites"]}) == SITES
    assert 0 < result["covered"] <= result["upper_bound"] < result["total"]
    assert result["gap"] == pytest.approx(1 - result["covered"] / result["upper_bound"])
    # Counted again from the kept inputs by the independent checker.
    problem = planning.problem_of(services.question_of(stopped))
    chosen = {one["id"] for one in result["sites"]}
    sites = [i for i, row in enumerate(stopped.inputs["points"]) if row[0] in chosen]
    assert planning.checked(problem, sites, result["covered"])[0] == result["covered"]
