"""What the forms for one task and for several share: tabs whose pages are built when they are first seen."""

from collections.abc import Callable, Iterator

from PySide6.QtWidgets import QWidget

from editor.ui.panels.inspector.fields import Desk
from editor.ui.panels.inspector.forms import Form, form_tabs, scrolling
from editor.ui.panels.inspector.portions import Portions
from editor.ui.style import GAP
from editor.ui.widgets import clear, column


class Page(QWidget):
    """One page of a tabbed form."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "body")
        self.rows = column(margin=2 * GAP, gap=2 * GAP)
        self.setLayout(self.rows)
        self.is_whole = False
        """All rows are there."""

    def fill(self) -> Iterator[None]:
        """Put the rows in, the page having its place in the window by now; each `yield` ends a turn of the loop."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Show what the document has now."""
        raise NotImplementedError


class TabbedForm(Form):
    """Clicking through tasks must be instant: a page is built when it is first seen, a long one in several turns."""

    family = "tasks"

    def __init__(self, desk: Desk, place: QWidget) -> None:
        super().__init__(desk, place)
        self.tabs = form_tabs()
        self._makers: list[Callable[[], QWidget]] = []
        self._pages: dict[int, QWidget] = {}
        self._stale: set[int] = set()
        self._may_build = False
        """Not before the form has its place, and knows what it is about."""
        self.tabs.currentChanged.connect(self._on_tab_changed)

    def add_tab(self, title: str, make: Callable[[], QWidget]) -> None:
        """A tab, and what makes its page: a `Page`, or any widget that scrolls by itself and never changes."""
        holder = QWidget()
        holder.setLayout(column())
        self._makers.append(make)
        self.tabs.addTab(holder, title)

    def refresh(self) -> None:
        super().refresh()
        self._stale = set(self._pages)
        self._on_tab_changed(self.tabs.currentIndex())

    def build_shown(self) -> None:
        self._may_build = True
        self._on_tab_changed(self.tabs.currentIndex())

    def page(self, title: str) -> QWidget | None:
        """The page of a tab, if it has been seen."""
        titles = [self.tabs.tabText(number) for number in range(self.tabs.count())]
        return self._pages.get(titles.index(title)) if title in titles else None

    def drop_pages(self) -> None:
        """Have each page built anew when it is next seen; the one in front by `build_shown`."""
        for number in self._pages:
            holder = self.tabs.widget(number)
            place = holder.layout() if holder is not None else None
            if place is not None:
                clear(place)
        self._pages.clear()
        self._stale.clear()

    def _on_tab_changed(self, number: int) -> None:
        page = self._pages.get(number)
        if page is None and self._may_build:
            self._build(number)
        elif number in self._stale and isinstance(page, Page):
            page.refresh()
        self._stale.discard(number)

    def _build(self, number: int) -> None:
        holder = self.tabs.widget(number)
        place = holder.layout() if holder is not None else None
        if place is None:
            return
        page = self._pages[number] = self._makers[number]()
        if isinstance(page, Page):
            # Into a place in the window first: each move of a widget with all that is in it costs its styling.
            place.addWidget(scrolling(page))
            Portions(page).start(_filled(page))
        else:
            place.addWidget(page)


def _filled(page: Page) -> Iterator[None]:
    yield from page.fill()
    page.rows.addStretch(1)
    page.is_whole = True
