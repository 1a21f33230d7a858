"""What hands can do on the canvas: the mouse's gestures, and the keys that no command has."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QScrollArea, QSizePolicy, QWidget

from editor.ui.actions import shown
from editor.ui.style import GAP
from editor.ui.widgets import button, column, label, line, row

Line = tuple[str, str]

GESTURES: tuple[tuple[str, tuple[Line, ...]], ...] = (
    (
        "Adding",
        (
            ("Drag from the list on the left", "Add a component; on a wire it goes into it, on a task in its place"),
            ("Double-click the canvas", "Quick add at the cursor; in a group\u2019s frame it goes into the group"),
            ("Double-click a wire", "Quick add into the wire"),
            ("{Tab}", "Quick add beside what is selected, or into the selected group; at a port or wire, what fits it"),
        ),
    ),
    (
        "Wiring",
        (
            ("Drag from a port", "Wire it; on empty canvas choose what to add there"),
            ("Drag a wire\u2019s end", "Move the wire to another port; on empty canvas unplug it"),
            ("{Shift}+drag from an output", "Move all wires of the output to another, or unplug them"),
            ("{Ctrl}+drag from a header", "Have another task run after this one"),
            ("Drag a task onto a wire", "Put it into the wire; what is behind makes room"),
        ),
    ),
    (
        "Selecting",
        (
            ("Click, {Shift}+click, {Ctrl}+click", "Select, add to the selection, put in or take out"),
            ("Drag on empty canvas", "Select what lies wholly in the rectangle; {Shift} adds, {Ctrl} takes out"),
            ("{Alt}+drag, or {Q} and drag", "Select what lies wholly in the line drawn"),
        ),
    ),
    (
        "Moving",
        (
            ("Drag", "Move what is selected; over a frame\u2019s edge it goes into or out of the group"),
            ("{Alt} while dragging", "Move a copy"),
            ("{Shift} while dragging", "Stay in the group"),
            ("{Ctrl} while dragging", "Stay off the guides; a titled frame leaves behind what lies in it"),
            ("Drag an edge or a corner", "Resize a note or a frame"),
            ("{Esc}, or another button", "Give up what is under way"),
        ),
    ),
    (
        "Looking around",
        (
            ("{Space}+drag, or middle button", "Move the paper"),
            ("Wheel", "Zoom at the cursor; with {Shift} move the paper sideways, with {Alt} up and down"),
            ("Touchpad", "Move the paper; with {Ctrl} or by pinching, zoom at the cursor"),
            ("Double-click a header", "Rename; go into a sub-pipeline"),
            ("Rest on a task or port", "Bring its wires forward; say its type and what feeds it"),
        ),
    ),
    (
        "By keyboard, on the canvas",
        (
            ("Arrows", "Go to the next task up- or downstream, above or below; {Shift} adds to the selection"),
            ("{Ctrl}+arrows", "Move what is selected by a step of the grid; with {Shift} too, by four"),
            ("{.} and {,}", "Go to the next or previous port of the task"),
            ("{Return}", "On a task: to its values, or into a sub-pipeline. On a port: begin or end a wire"),
            ("{Space}", "Put the task into the selection, or take it out"),
            ("{Home}, {End}", "Go to the first or last task"),
            ("{Esc}", "From a port to its task, from there to nothing selected"),
        ),
    ),
)


class KeyboardMouseDialog(QDialog):
    """A page to read beside the work: it does not hold the window up."""

    def __init__(self, parent: QWidget, *, change_shortcuts: Callable[[], object]) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Keyboard and mouse")
        grid = QGridLayout()
        grid.setContentsMargins(2 * GAP, 2 * GAP, 2 * GAP, 2 * GAP)
        grid.setHorizontalSpacing(3 * GAP)
        grid.setVerticalSpacing(GAP)
        for title, lines in GESTURES:
            number = grid.rowCount()
            grid.addWidget(label(title, "heading"), number, 0, 1, 2, Qt.AlignmentFlag.AlignBottom)
            grid.setRowMinimumHeight(number, 5 * GAP if number > 1 else 0)
            for how, what in (map(_with_keys, each) for each in lines):
                number = grid.rowCount()
                top = Qt.AlignmentFlag.AlignTop
                for column_number, words in enumerate((label(how, "section", wraps=True), label(what, wraps=True))):
                    # As high as it is for its width: at least as high as it would like to be makes rows uneven.
                    words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
                    grid.addWidget(words, number, column_number, top)
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(1, 3)
        page = QWidget()
        page.setLayout(grid)
        area = QScrollArea()
        area.setWidget(page)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName("Gestures and keys")
        area.setProperty("role", "plain")
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)

        def change() -> None:
            self.accept()
            change_shortcuts()

        self.shortcuts_button = button("Change shortcuts\u2026", change)
        bar = row(self.shortcuts_button, None, close)
        bar.setContentsMargins(2 * GAP, GAP, 2 * GAP, GAP)
        layout = column(area, line(), bar, gap=0)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        self.resize(720, 640)
        self.setWindowModality(Qt.WindowModality.NonModal)


def _with_keys(text: str) -> str:
    """The text with the keys in braces as this platform writes them."""
    for key in ("Tab", "Esc", "Return", "Space", "Home", "End", "Q"):
        text = text.replace(f"{{{key}}}", shown(key))
    for name in ("Ctrl", "Shift", "Alt"):
        # A modifier by itself is no key sequence: taken from one with a letter.
        text = text.replace(f"{{{name}}}", shown(f"{name}+A").removesuffix("A").removesuffix("+"))
    return text.replace("{.}", "Full stop").replace("{,}", "comma")
