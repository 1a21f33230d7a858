"""Documents on disk: reading, atomic writing, the journal of unsaved edits, recent files. No kfp, no Qt."""

from editor.storage.documents import (
    FORMAT,
    Recovered,
    decode_document,
    encode_document,
    load_document,
    recover_document,
    save_document,
)
from editor.storage.journal import Journal, JournalRecovery, recover_journal
from editor.storage.places import config_folder, data_folder
from editor.storage.recent import RecentFile, forget_recent, recent_files, remember_recent

__all__ = [
    "FORMAT",
    "Journal",
    "JournalRecovery",
    "RecentFile",
    "Recovered",
    "config_folder",
    "data_folder",
    "decode_document",
    "encode_document",
    "forget_recent",
    "load_document",
    "recent_files",
    "recover_document",
    "recover_journal",
    "remember_recent",
    "save_document",
]
