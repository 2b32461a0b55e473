"""What is remembered of links, and what becomes of an index from before they were."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from alembic import command
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from db import history, links
from db.index import Index, alembic_config
from tests.db.conftest import Fresh
from tracker.links import LinkState

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
STATE = LinkState(address="https://a.example/", status="alive", code=200, checked_at=NOW)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


def test_what_was_never_checked_is_left_out(index: Index) -> None:
    with index.write() as session:
        links.remember(session, STATE)
        known = links.recall(session, ["https://a.example/", "https://b.example/"])
    assert known == {"https://a.example/": STATE}


def test_a_later_check_takes_the_place_of_the_earlier(index: Index) -> None:
    later = LinkState(
        address=STATE.address,
        status="dead",
        code=404,
        reason="answered 404",
        checked_at=NOW + timedelta(days=30),
        alive_at=NOW,
        failing_since=NOW + timedelta(days=30),
        failures=1,
        archived="",
    )
    for state in (STATE, later):
        with index.write() as session:
            links.remember(session, state)
    with index.read() as session:
        assert links.recall(session, [STATE.address]) == {STATE.address: later}
        assert session.scalar(text("SELECT count(*) FROM checked_link")) == 1


STATES = st.builds(
    LinkState,
    address=st.text(min_size=1, max_size=9),
    status=st.sampled_from(["alive", "moved", "dead", "forbidden", "timed out"]),
    code=st.integers(0, 999),
    target=st.text(max_size=9),
    reason=st.text(max_size=9),
    checked_at=MOMENTS,
    alive_at=st.none() | MOMENTS,
    failing_since=st.none() | MOMENTS,
    failures=st.integers(0, 9),
    archived=st.none() | st.text(max_size=9),
)


@given(state=STATES)
def test_what_is_recalled_is_what_was_remembered(fresh: Fresh, state: LinkState) -> None:
    with fresh() as session:
        links.remember(session, state)
        assert links.recall(session, [state.address]) == {state.address: state}


def test_an_index_from_before_links_were_checked_keeps_what_it_has(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'papers.sqlite'}"
    with Index.open(url) as index:
        with index.write() as session:
            history.start_run(session, "run", started=NOW)
        with index.engine.begin() as connection:
            command.downgrade(alembic_config(connection), "0001")
    with Index.open(url) as index, index.write() as session:
        assert [run.job for run in history.runs(session)] == ["run"]
        links.remember(session, STATE)
