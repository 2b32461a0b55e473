"""The reading list: parse it, learn its style, add a line where a maintainer would."""

from tracker.reading_list.dates import PartialDate
from tracker.reading_list.document import Document
from tracker.reading_list.edit import Addition, ReadingList
from tracker.reading_list.entry import Entry, Unread
from tracker.reading_list.lines import read_text, write_text
from tracker.reading_list.order import Order
from tracker.reading_list.pieces import Facts, NamedLink
from tracker.reading_list.style import Style

__all__ = [
    "Addition",
    "Document",
    "Entry",
    "Facts",
    "NamedLink",
    "Order",
    "PartialDate",
    "ReadingList",
    "Style",
    "Unread",
    "read_text",
    "write_text",
]
