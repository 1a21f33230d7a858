"""Which gesture an event begins, and passing events on to the one under way. What gestures do is in their own files."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QMenu

from editor.ui.canvas.accessibility import make_accessible, tell_changed
from editor.ui.canvas.bubble import Bubble
from editor.ui.canvas.find import FindBar
from editor.ui.canvas.gestures import pan
from editor.ui.canvas.gestures.clicks import Clicks
from editor.ui.canvas.gestures.commands import CanvasCommands
from editor.ui.canvas.gestures.edge_scroll import EdgeScroll
from editor.ui.canvas.gestures.gesture import Gesture, Pointer
from editor.ui.canvas.gestures.gliding import Glide
from editor.ui.canvas.gestures.held_keys import MODIFIER_KEYS, keep_from_menu_bar
from editor.ui.canvas.gestures.holding import HeldInput
from editor.ui.canvas.gestures.inline import InlineEditor, edit_name
from editor.ui.canvas.gestures.large_edits import MANY_SIMPLE, Pending
from editor.ui.canvas.gestures.library_drag import LibraryDrag, dragged_entry, dragged_files
from editor.ui.canvas.gestures.menus import context_menu
from editor.ui.canvas.gestures.placing import Landing, choices_for, hang_wire, place
from editor.ui.canvas.gestures.pressing import gesture_for
from editor.ui.canvas.gestures.select import Lasso
from editor.ui.canvas.gestures.tips import show_tip
from editor.ui.canvas.keyboard import CanvasKeyboard
from editor.ui.canvas.minimap import Minimap
from editor.ui.canvas.quick_add import Choice, QuickAdd
from editor.ui.slices import SLICE_S, Slices

if TYPE_CHECKING:
    from editor.errors import EditorError
    from editor.model import Edit, EntityId
    from editor.ui.canvas.view import CanvasView, Hit

LASSO_WORDS = "Draw a line round what to select; Shift adds to the selection, Escape gives up."


class GestureDispatcher(QObject):
    """One per view. Owns what gestures share: the bubble, the quick-add, the keyboard's focus, the inline editor."""

    files_dropped = Signal(list)
    """Paths of files dropped on the canvas: components to list, or documents to open."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self.view = view
        self.bubble = Bubble(view.viewport())
        self.quick_add = QuickAdd(view.viewport())
        self.keyboard = CanvasKeyboard(view, self)
        self.commands = CanvasCommands(view)
        self.pending = Pending(self)
        self.glide = Glide(view)
        self.find_bar = FindBar(view)
        self.minimap = Minimap(view)
        self.clicks = Clicks(view, self)
        self.active: Gesture | None = None
        self.inline: InlineEditor | None = None
        self.menu: QMenu | None = None
        """The context menu that was opened last."""
        self.cursor_scene: QPointF | None = None
        """Where the mouse is over the canvas; None when it is elsewhere."""
        self._press: Pointer | None = None
        self._press_hit: Hit | None = None
        self._last = QPoint()
        self._awaited: tuple[QPointF, Qt.MouseButton, Qt.KeyboardModifier] | None = None
        """The last move of the mouse, if it is not made yet."""
        self._moves = Slices(self, self._make_move_soon)
        self._pan_key = pan.PanKey(self)
        self._pan_key.let_go.connect(self._on_pan_key_let_go)
        self._is_lasso_next = False
        self._edge_scroll = EdgeScroll(view, self._move_with_view)
        view.refused.connect(self._on_view_refused)
        view.scope_changed.connect(self._on_view_scope_changed)
        view.selection_changed.connect(self._on_view_selection_changed)
        view.document.changed.connect(self._on_document_changed)
        view.viewport().installEventFilter(self)
        view.installEventFilter(self)
        self.held = HeldInput(view)  # Installed last, it is asked first.
        make_accessible(view)

    # What others may ask for.

    def begin(self, gesture: Gesture, at: Pointer) -> None:
        """Start a gesture by other means than the mouse; one under way is given up."""
        self.cancel()
        self.pending.begin_held()
        self.active = gesture
        self._edge_scroll.begin(at.position, is_from_outside=isinstance(gesture, LibraryDrag))
        gesture.start(at)

    def cancel(self) -> bool:
        """Give up what is under way. False if nothing is."""
        self._press = self._press_hit = None
        gesture = self._ended()
        if gesture is not None:
            self._is_lasso_next = self._is_lasso_next and not isinstance(gesture, Lasso)
            gesture.cancel()
            self.show_cursor(None)
        return gesture is not None

    @property
    def is_lasso_next(self) -> bool:
        """Whether the next drag draws a lasso, wherever it begins."""
        return self._is_lasso_next

    def await_lasso(self, *, is_wanted: bool) -> None:
        """Have the next drag draw a lasso, or no longer."""
        self.cancel()
        if is_wanted != self._is_lasso_next:
            self._is_lasso_next = is_wanted
            self.show_cursor(None)
            self.view.message.emit(LASSO_WORDS if is_wanted else "")

    def end(self) -> None:
        """Called for gestures that are driven by keys, when they have released themselves."""
        self._ended()

    def _ended(self) -> Gesture | None:
        """Nothing is under way from here on; what was, to be released or cancelled."""
        self._edge_scroll.stop()
        self.minimap.make_way(None)
        gesture, self.active = self.active, None
        return gesture

    def open_quick_add(self, landing: Landing, *, heading: str = "") -> None:
        def chosen(choice: Choice) -> None:
            place(self.view, choice, landing)

        self.cancel()
        at = self.view.to_view(landing.at)
        self.quick_add.give_up()
        self.quick_add.open_at(at, choices_for(self.view, landing), heading=heading, chosen=chosen)
        hang_wire(self.view, landing)

    def rename(self, entity_id: EntityId, *, is_new: bool = False) -> None:
        """Open the editor for a name or a note's text where it stands.

        `is_new`: it was added to be written, and is nothing without.
        """
        self.cancel()
        self.view.reveal(entity_id)
        if self.inline is not None:
            self.inline.accept()
        self.inline = edit_name(self.view, entity_id, is_new=is_new)

    def open_menu(self, hit: Hit, position: QPoint) -> None:
        self.cancel()
        self.menu = context_menu(self.view, self.commands, hit, position)
        # The mouse counts as elsewhere while it is over the menu; what is chosen there is meant for this place.
        scene = self.view.to_scene(position)
        self.menu.aboutToHide.connect(lambda: self._on_menu_hidden(scene))

    def place_for_new(self) -> QPointF:
        """Where something new or pasted goes: under the cursor if it is over the canvas, else in the middle."""
        return self.cursor_scene if self.cursor_scene is not None else self.view.visible_rect().center()

    def update_emphasis(self) -> None:
        """Bring wires forward: that which has the keyboard's focus, else the paths that are asked for."""
        self.view.set_emphasis(self.keyboard.wire_ends() or self.commands.path())

    def show_cursor(self, shape: Qt.CursorShape | None) -> None:
        """Give the mouse this shape over the canvas; with None the one that it has by itself."""
        if shape is None and self._is_lasso_next:
            shape = Qt.CursorShape.CrossCursor
        viewport = self.view.viewport()
        if shape is None and viewport.testAttribute(Qt.WidgetAttribute.WA_SetCursor):
            viewport.unsetCursor()
        elif shape is not None:
            viewport.setCursor(shape)

    def pointer(self, position: QPointF, modifiers: Qt.KeyboardModifier) -> Pointer:
        at = position.toPoint()
        return Pointer(self.view.to_scene(at), at, modifiers)

    # Mouse.

    def mouse_press(self, event: QMouseEvent) -> bool:
        self._make_move()
        self.keyboard.hide_ring()
        if self.active is not None:
            # Another button during a drag gives it up: the way out that people try first besides Escape.
            self.cancel()
            return True
        at = self.pointer(event.position(), event.modifiers())
        self._last = at.position
        if event.button() == Qt.MouseButton.MiddleButton or (
            event.button() == Qt.MouseButton.LeftButton and self._pan_key.is_down
        ):
            self._pan_key.use()
            self.show_cursor(Qt.CursorShape.ClosedHandCursor)
            self.begin(pan.PanGesture(self.view), at)
            return True
        hit = self.view.hit(at.scene)
        if event.button() == Qt.MouseButton.RightButton:
            self.clicks.press_for_menu(hit)
            return True
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        if self._is_lasso_next:
            self.begin(Lasso(self.view), at)
            return True
        self._press, self._press_hit = at, hit
        self.clicks.press(hit, at)
        return True

    def mouse_move(self, event: QMouseEvent) -> None:
        self._awaited = (event.position(), event.buttons(), event.modifiers())
        self._make_move_soon()

    def _make_move_soon(self) -> None:
        """While a large edit is followed, mouse moves wait; the last is made when that is done, or a button pressed."""
        # Gestures ask the graphs which wires would close a circle.
        is_asking = self.active is not None or self._press is not None
        if self.view.is_behind or (is_asking and not self.view.document.settle(perf_counter() + SLICE_S)):
            self._moves.start()
        else:
            self._make_move()

    def _make_move(self) -> None:
        if self._awaited is not None:
            (position, buttons, modifiers), self._awaited = self._awaited, None
            self._move(position, buttons, modifiers)

    def _move(self, position: QPointF, buttons: Qt.MouseButton, modifiers: Qt.KeyboardModifier) -> None:
        at = self.pointer(position, modifiers)
        self.cursor_scene = at.scene
        self._last = at.position
        if self.active is not None:
            if buttons or isinstance(self.active, LibraryDrag):
                self.active.move(at)
                self._watch_edge(at.position)
            return
        if self._press is None or self._press_hit is None:
            if not buttons:
                hit = self.view.hit(at.scene)
                self.show_cursor(None if self._is_lasso_next else self.clicks.cursor_over(hit, at.scene))
                self.view.hover(position, hit)
            return
        away = (at.position - self._press.position).manhattanLength()
        if away < QApplication.startDragDistance():
            return
        press, hit = self._press, self._press_hit
        self._press = self._press_hit = None
        gesture = gesture_for(self.view, self, hit, press)
        if gesture is not None:
            self.begin(gesture, press)
            if len(self.view.selection) > MANY_SIMPLE:
                # To take hold of thousands takes a turn, and so does to lift them.
                self._awaited = (position, buttons, modifiers)
                self._moves.start()
            else:
                gesture.move(at)

    def mouse_release(self, event: QMouseEvent) -> bool:
        self._make_move()
        at = self.pointer(event.position(), event.modifiers())
        gesture = self._ended()
        press, hit = self._press, self._press_hit
        self._press = self._press_hit = None
        if gesture is not None:
            gesture.release(at)
            if isinstance(gesture, Lasso):
                self.await_lasso(is_wanted=False)
            self.show_cursor(Qt.CursorShape.OpenHandCursor if self._pan_key.is_down else None)
            return True
        if press is not None and hit is not None:
            self.clicks.click(hit, at)
            return True
        return False

    def double_click(self, event: QMouseEvent) -> bool:
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        self.cancel()
        at = self.pointer(event.position(), event.modifiers())
        self.clicks.double_click(self.view.hit(at.scene), at)
        return True

    # Keys.

    def key_press(self, event: QKeyEvent) -> bool:
        key = event.key()
        focus = QApplication.focusWidget()
        if focus is not None and focus is not self.view and self.view.isAncestorOf(focus):
            # A field on the canvas had no use for the key (an arrow, say): it is not meant for what is selected.
            return False
        if key == Qt.Key.Key_Escape and (self.cancel() or self._is_lasso_next):
            self.await_lasso(is_wanted=False)
            return True
        if self.active is not None and self.keyboard.drives(self.active):
            return self.keyboard.key_press(event)
        if self.keyboard.means("canvas.toggle-focused", event):
            if not event.isAutoRepeat():
                self._pan_key.press(key)
                self.show_cursor(Qt.CursorShape.OpenHandCursor)
            return True
        if self.active is not None or self._press is not None:
            self._on_modifiers_changed(event)
            return True
        return self.keyboard.key_press(event)

    def key_release(self, event: QKeyEvent) -> bool:
        if self._pan_key.is_key(event.key()) and not event.isAutoRepeat():
            self._pan_key.release()
            return True
        if self.active is not None:
            self._on_modifiers_changed(event)
        return False

    def _on_pan_key_let_go(self, was_used: bool) -> None:
        self.show_cursor(None)
        if not was_used:
            self.keyboard.toggle_focused()

    def _on_modifiers_changed(self, event: QKeyEvent) -> None:
        changed = MODIFIER_KEYS.get(Qt.Key(event.key()))
        if self.active is None or changed is None:
            return
        keep_from_menu_bar(event.modifiers() | changed)
        # QApplication.keyboardModifiers() knows of a key only when the next event comes, and not every platform's
        # event counts in the key that it is about.
        held = event.modifiers() | changed if event.type() == QEvent.Type.KeyPress else event.modifiers() & ~changed
        self.active.move(Pointer(self.view.to_scene(self._last), self._last, held))

    # Drags from elsewhere.

    def drag_enter(self, event: QDragEnterEvent) -> bool:
        entry = dragged_entry(self.view, event.mimeData())
        if entry is not None and not self.view.is_read_only:
            self.begin(LibraryDrag(self.view, entry), self.pointer(event.position(), event.modifiers()))
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            return True
        if dragged_files(event.mimeData()):
            event.acceptProposedAction()
            return True
        return False

    def drag_move(self, event: QDragMoveEvent) -> bool:
        at = self.pointer(event.position(), event.modifiers())
        if isinstance(self.active, LibraryDrag):
            self.active.move(at)
            self._last = at.position
            self._watch_edge(at.position)
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            return True
        if dragged_files(event.mimeData()):
            event.acceptProposedAction()
            return True
        return False

    def drop(self, event: QDropEvent) -> bool:
        gesture = self._ended()
        if isinstance(gesture, LibraryDrag):
            gesture.release(self.pointer(event.position(), event.modifiers()))
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.view.setFocus(Qt.FocusReason.MouseFocusReason)
            return True
        files = dragged_files(event.mimeData())
        if files:
            event.acceptProposedAction()
            self.files_dropped.emit(files)
            return True
        return False

    def leave(self) -> bool:
        """The drag left the canvas without a drop."""
        return self.cancel() if isinstance(self.active, LibraryDrag) else False

    # The rest comes by the event filter: the view need not know of it.

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        match event.type():
            case QEvent.Type.Wheel if isinstance(event, QWheelEvent) and watched is self.view.viewport():
                pan.wheel(self.view, event)
                return True
            case QEvent.Type.NativeGesture if isinstance(event, QNativeGestureEvent):
                return pan.native_gesture(self.view, event)
            case QEvent.Type.KeyPress if isinstance(event, QKeyEvent) and watched is self.view:
                # Tab would be taken for going to the next widget before it became a key press of the view.
                if event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab) and self.key_press(event):
                    return True
            case QEvent.Type.KeyRelease if isinstance(event, QKeyEvent) and watched is self.view:
                return self.key_release(event)
            case QEvent.Type.ContextMenu if isinstance(event, QContextMenuEvent):
                self._on_context_menu(event)
                return True
            case QEvent.Type.ToolTip if isinstance(event, QHelpEvent) and watched is self.view.viewport():
                return show_tip(self.view, event)
            case QEvent.Type.Leave if watched is self.view.viewport():
                self.cursor_scene = self._awaited = None
            case QEvent.Type.FocusOut if isinstance(event, QFocusEvent) and watched is self.view:
                self._on_focus_lost(event)
            case QEvent.Type.FocusIn if isinstance(event, QFocusEvent) and watched is self.view:
                self.keyboard.focus_entered(event.reason())
            case _:
                pass
        return False

    def _on_context_menu(self, event: QContextMenuEvent) -> None:
        if self.cancel():
            return
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            hit, position = self.keyboard.menu_place()
        else:
            position = event.pos()
            hit = self.view.hit(self.view.to_scene(position))
        self.open_menu(hit, position)

    def _on_menu_hidden(self, scene: QPointF) -> None:
        self.cursor_scene = scene

    def _on_focus_lost(self, event: QFocusEvent) -> None:
        self._pan_key.forget()
        if self.held.is_holding:  # Perhaps that key, whose release goes elsewhere.
            self.held.in_turn(self._pan_key.forget)
        self.keyboard.focus_left()
        if event.reason() == Qt.FocusReason.ActiveWindowFocusReason:
            self.cancel()

    def _on_document_changed(self, edit: Edit) -> None:
        # The document outlives its views, and Python may keep a view that Qt has deleted.
        if shiboken6.isValid(self):
            self._follow(edit)

    def _on_view_scope_changed(self, _scope: str) -> None:
        self.cancel()
        self._follow(None)

    def _on_view_selection_changed(self) -> None:
        self.pending.begin_held()
        focus = self.keyboard.focus
        if focus is not None and focus.kind == "wire" and self.view.selection:
            # A wire is chosen by having the focus: what is selected now is chosen in its place.
            self.keyboard.set_focus(None)
        elif focus is not None and self.view.selection and focus.id not in self.view.selection:
            # What was added, say: the keys go on from there.
            self.keyboard.set_focus(None)
        if self.commands.is_path_shown():
            self.update_emphasis()

    def _follow(self, edit: Edit | None) -> None:
        self.glide.stop()
        if self.active is None:
            self.bubble.clear_refusal()
        self.minimap.follow()
        self.find_bar.follow(edit)
        tell_changed(self.view)

    def _on_view_refused(self, error: EditorError) -> None:
        self.bubble.say(str(error), self._last, refusal=True, for_a_while=True)

    def _watch_edge(self, position: QPoint) -> None:
        self.minimap.make_way(position)
        if self.active is not None and self.active.autoscrolls:
            self._edge_scroll.watch(position)

    def _move_with_view(self, position: QPoint) -> None:
        if self.active is not None:
            self.active.move(Pointer(self.view.to_scene(position), position, QApplication.keyboardModifiers()))
