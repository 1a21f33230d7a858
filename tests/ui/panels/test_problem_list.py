"""The rows of the Problems tab are those of the issues, however they change."""

import random

from PySide6.QtCore import QEvent
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from editor.model import EntityId
from editor.ui.panels.problem_list import FETCHED, ProblemList
from editor.ui.panels.problems import ProblemsPanel
from editor.ui.session import Session
from editor.validation.issues import Issue, error
from tests.builders import from_task, pipeline, task


def issue(number: int) -> Issue:
    return error("code", EntityId(f"t{number}"), f"Problem {number}")


def rows(model: ProblemList) -> list[Issue | None]:
    return [model.issue(model.index(number, 0)) for number in range(model.rowCount())]


def test_rows_follow_the_issues(qtbot: QtBot) -> None:
    chance = random.Random(5)
    model = ProblemList()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    tester.setUseFetchMore(False)  # it would fetch in the midst of a change
    issues = [issue(number) for number in range(3)]
    for step in range(200):
        issues = list(issues)
        for _ in range(chance.choice((0, 1, 1, 3, 40, 300))):
            if issues and chance.random() < 0.5:
                del issues[chance.randrange(len(issues))]
            else:
                issues.insert(chance.randint(0, len(issues)), issue(step * 1000 + len(issues)))
        model.show(issues, None)
        shown = rows(model)
        assert shown == issues[: len(shown)]
        assert len(shown) >= min(len(issues), FETCHED // 2)


def test_what_stays_the_same_keeps_its_rows(qtbot: QtBot) -> None:
    model = ProblemList()
    issues = [issue(number) for number in range(500)]
    model.show(issues, None)
    with qtbot.assertNotEmitted(model.modelReset), qtbot.assertNotEmitted(model.rowsRemoved):
        model.show([*issues, issue(1000)], None)
    with qtbot.assertNotEmitted(model.modelReset), qtbot.waitSignal(model.rowsInserted):
        model.show([issue(2000), *issues, issue(1000)], None)
    with qtbot.waitSignal(model.modelReset):
        model.show(issues[300:], None)


def shown(qtbot: QtBot) -> tuple[ProblemsPanel, Session]:
    """More problems than the list has rows at first."""
    session = Session(pipeline(*(task(f"t{number}", x=from_task("gone")) for number in range(2 * FETCHED + 10))))
    qtbot.waitUntil(lambda: not session.is_validating)
    panel = ProblemsPanel(refused=lambda _error: None)
    qtbot.addWidget(panel)
    panel.set_session(session)
    panel.resize(600, 200)
    panel.show()
    qtbot.waitUntil(lambda: panel.tree.verticalScrollBar().maximum() > 0)
    return panel, session


def test_rows_are_had_as_one_comes_to_their_end_and_no_sooner(qtbot: QtBot) -> None:
    panel, session = shown(qtbot)
    for event in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
        panel.tree.event(QEvent(event))
        qtbot.wait(20)
    assert panel.model.rowCount() == FETCHED
    bar = panel.tree.verticalScrollBar()
    bar.setValue(bar.maximum() - 1)
    assert panel.model.rowCount() == FETCHED
    bar.setValue(bar.maximum())
    assert panel.model.rowCount() == 2 * FETCHED
    session.close()


def test_one_goes_on_to_the_next_problem_past_the_rows_that_are_had(qtbot: QtBot) -> None:
    panel, session = shown(qtbot)
    gone_to: list[str] = []
    panel.shown.connect(gone_to.append)
    for _ in session.issues:
        panel.go_to_next()
    assert len(gone_to) == len(session.issues)
    assert len(set(gone_to)) == 2 * FETCHED + 10
    session.close()
