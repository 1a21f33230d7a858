"""Chooses what the Inspector shows, by what is selected."""

from PySide6.QtWidgets import QWidget


class Inspector(QWidget):
    def __init__(self, notifier: object) -> None:
        super().__init__()

    def set_page(self, page): ...
    def refresh_selection(self): ...
