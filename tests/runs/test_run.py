"""Events, and what is folded from them."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from editor.runs import Artifact, RunEvent, State, Summaries, fold, read_event, summaries, utc_now, without_iterations


def event(task: str | None, state: State, time: str = "2026-01-01T00:00:00Z", **more: object) -> RunEvent:
    return msgspec.structs.replace(RunEvent(time=time, run="r", task=task, state=state), **more)


def test_an_event_survives_its_line() -> None:
    sent = event(
        "loop[3]/score",
        "SUCCEEDED",
        outputs={"x": [1, {"a": None}]},
        artifacts={"data": (Artifact(name="data", uri="/x", metadata={"n": 1}),)},
    )
    assert read_event(sent.to_line()) == sent


def test_an_event_of_the_run_has_a_null_task() -> None:
    assert b'"task":null' in event(None, "RUNNING").to_line()


def test_a_line_that_is_no_event_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        read_event('{"time":"","run":"r","task":"a","state":"HAPPY"}')


def test_times_are_utc_in_iso_8601() -> None:
    now = utc_now()
    assert now.endswith("Z")
    assert "T" in now


def test_fold_keeps_a_task_s_first_start_and_its_end() -> None:
    snapshot = fold(
        [
            event("a", "PENDING"),
            event("a", "RUNNING", "2026-01-01T00:00:01Z", log="/log"),
            event("a", "RUNNING", "2026-01-01T00:00:02Z", message="again", level="warning"),
            event("a", "SUCCEEDED", "2026-01-01T00:00:05Z", outputs={"x": 1}),
        ]
    )
    task = snapshot.tasks["a"]
    assert (task.state, task.seconds, task.outputs, task.log) == ("SUCCEEDED", 4.0, {"x": 1}, "/log")
    assert task.warnings == ("again",)


def test_fold_keeps_the_run_s_own_state_and_warnings() -> None:
    snapshot = fold(
        [
            event(None, "RUNNING"),
            event(None, "RUNNING", message="no such image", level="warning"),
            event(None, "FAILED", "2026-01-01T00:01:00Z", message="a failed"),
        ]
    )
    assert (snapshot.state, snapshot.message, snapshot.finished) == ("FAILED", "a failed", "2026-01-01T00:01:00Z")
    assert snapshot.warnings == ["no such image"]
    assert snapshot.is_finished


def test_iterations_stand_for_the_task_that_is_drawn_once() -> None:
    assert without_iterations("train-loop[3]/inner[0]/score") == "train-loop/inner/score"


@pytest.mark.parametrize(
    ("states", "expected", "text"),
    [
        (["SUCCEEDED", "FAILED", "RUNNING"], "FAILED", "2/3"),
        (["SUCCEEDED", "PENDING"], "RUNNING", "1/2"),
        (["SUCCEEDED", "SKIPPED"], "SUCCEEDED", "2/2"),
        (["CACHED", "CACHED"], "CACHED", "2/2"),
        (["PENDING", "PENDING"], "PENDING", "0/2"),
    ],
)
def test_a_summary_shows_what_a_person_should_hear_of_first(states: list[State], expected: State, text: str) -> None:
    snapshot = fold(event(f"loop[{index}]/score", state) for index, state in enumerate(states))
    assert (summaries(snapshot)["loop/score"].state, summaries(snapshot)["loop/score"].text) == (expected, text)


def test_a_loop_s_own_report_stands_before_its_iterations() -> None:
    snapshot = fold([event("loop", "RUNNING"), event("loop[0]", "FAILED"), event("loop[1]", "SUCCEEDED")])
    assert {path: each.state for path, each in summaries(snapshot).items()} == {"loop": "RUNNING"}


def test_summaries_follow_what_is_told_and_nothing_else() -> None:
    snapshot = fold([event("loop[0]", "RUNNING"), event("loop[0]/a", "RUNNING"), event("b", "PENDING")])
    followed = Summaries(snapshot)
    assert followed.follow() == ["loop", "loop/a", "b"]
    assert followed.follow() == []
    snapshot.apply(event("loop", "RUNNING"))
    snapshot.apply(event("loop[1]", "FAILED"))
    snapshot.apply(event("loop[1]/a", "FAILED"))
    assert followed.follow() == ["loop", "loop/a"]
    assert followed.all() == summaries(snapshot)
    assert followed.of("loop").count == 1
    assert followed.paths("loop") == ["loop[0]", "loop", "loop[1]"]
    assert followed.of("loop/a").text == "1/2"


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "b[0]", "b[1]", "b[0]/c", "b[1]/c", "b[1]/d", "b[1]/d[0]"]),
            st.sampled_from(["PENDING", "RUNNING", "SUCCEEDED", "FAILED"]),
            st.booleans(),
        )
    )
)
def test_summaries_that_follow_are_those_made_afresh(told: list[tuple[str, State, bool]]) -> None:
    snapshot = fold([])
    followed = Summaries(snapshot)
    for path, state, is_looked_at in told:
        snapshot.apply(event(path, state))
        if is_looked_at:
            followed.follow()
    followed.follow()
    assert followed.all() == summaries(snapshot)
