"""Those who write in the same moment are written together; one that cannot be fails alone."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from campaign_app.core.db import session
from campaign_app.core.together import Together
from campaign_app.events.models import Campaign

THREADS = 24


def write(slugs: Sequence[str]) -> list[str]:
    for slug in slugs:
        session.add(Campaign(slug=slug, names={}))
    session.flush()
    return [slug.upper() for slug in slugs]


def run(app: Flask, slugs: Sequence[str], together: Together[str, str]) -> list[str]:
    gate = threading.Barrier(len(slugs))

    def one(slug: str) -> str:
        gate.wait()
        with app.app_context():
            try:
                return together(slug)
            except IntegrityError:
                return "taken"

    with ThreadPoolExecutor(len(slugs)) as pool:
        return list(pool.map(one, slugs))


def stored(app: Flask) -> int:
    with app.app_context():
        return session.scalar(select(func.count()).select_from(Campaign)) or 0


def test_each_gets_its_own_answer_and_fewer_transactions_do(app: Flask) -> None:
    batches: list[int] = []

    def counted(slugs: Sequence[str]) -> list[str]:
        batches.append(len(slugs))
        return write(slugs)

    slugs = [f"campaign-{number}" for number in range(THREADS)]
    assert run(app, slugs, Together(counted)) == [slug.upper() for slug in slugs]
    assert stored(app) == THREADS
    assert sum(batches) == THREADS
    assert len(batches) < THREADS


def test_one_that_cannot_be_written_fails_alone(app: Flask) -> None:
    slugs = [f"campaign-{number}" for number in range(THREADS)]
    slugs[7] = slugs[3]
    answers = run(app, slugs, Together(write))
    assert answers.count("taken") == 1
    assert stored(app) == THREADS - 1


def test_whoever_comes_alone_writes_at_once(app: Flask) -> None:
    together = Together(write)
    with app.app_context():
        assert together("alone") == "ALONE"
        with pytest.raises(IntegrityError):
            together("alone")
        assert together("again") == "AGAIN"
