"""Keys that are held for what the mouse does: Alt, Ctrl and Shift."""

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt

MODIFIER_KEYS = {
    Qt.Key.Key_Alt: Qt.KeyboardModifier.AltModifier,
    Qt.Key.Key_Control: Qt.KeyboardModifier.ControlModifier,
    Qt.Key.Key_Shift: Qt.KeyboardModifier.ShiftModifier,
}


def keep_from_menu_bar(held: Qt.KeyboardModifier) -> None:
    """Alt that is held for what the mouse does is not tapped: the menu bar shall not take the keyboard on its release.

    The bar forgets that Alt is down when it hears of a mouse that moves and a few other events, but not of a wheel
    (QMenuBar::eventFilter of Qt 6): so it is sent one of them that means nothing to anybody else.
    """
    if held & Qt.KeyboardModifier.AltModifier:
        QCoreApplication.sendEvent(QObject(), QEvent(QEvent.Type.ActivationChange))
