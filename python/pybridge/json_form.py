"""What JSON.stringify gets of a Python object.

1. Every type has one form that a reader of JSON expects, or none: then it is refused, with the path.
2. Nothing here recurses, and what is in itself, or makes ever more of itself, is refused.
3. What occurs twice is looked at once: a few lists that share each other may be a huge tree.
"""

from __future__ import annotations

import re

from ._native import JsProxy
from .convert import Undefined
from .errors import BridgeError, class_of
from .json_types import MOST_ITEMS, NO_FORM, TooManyError, reduction

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, NoReturn

    from .json_types import Reduce

# Of containers that code makes as it is asked; lists and dicts may be nested as deep as they like.
_MOST_MADE = 1_000
_MOST_STEPS = 50
# JavaScript takes them for one character: there is no string for it.
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_AS_IS = frozenset((bool, int, float, type(None), Undefined, JsProxy))
_OPENED: Any = object()
_SETS: Any = (set, frozenset)


def json_form(target: Any) -> Any:
    """Lists, dicts, str and numbers that JSON.stringify writes as one expects of `target`."""
    return _Walk().run(target)


class _Open:
    """A container whose form is not complete."""

    __slots__ = ("is_dict", "is_made", "items", "made", "size", "source", "step")

    def __init__(self, source: Any, value: Any) -> None:
        self.source = source
        self.is_made = source is not value
        self.is_dict = type(value) is dict
        # A copy: what follows runs code that may change it, and without a GIL other threads may now.
        copied: Any = list(value.items() if self.is_dict else value)
        self.size = len(copied)
        pairs: Any = copied if self.is_dict else enumerate(copied)
        self.items: Iterator[tuple[Any, Any]] = iter(pairs)
        self.made: Any = {} if self.is_dict else []
        self.step: Any = None

    def place(self, form: Any) -> None:
        if self.is_dict:
            self.made[self.step] = form
        else:
            self.made.append(form)


class _Walk:
    def __init__(self) -> None:
        self._open: list[_Open] = []
        self._open_ids: set[int] = set()
        self._made = 0
        self._forms: dict[int, tuple[Any, Any]] = {}  # with what they are of, which keeps the id
        self._reductions: dict[type, Reduce | None] = {}

    def run(self, target: Any) -> Any:
        form = self._begin(target)
        while self._open:
            top = self._open[-1]
            if form is not _OPENED:
                top.place(form)
            for step, item in top.items:
                top.step = self._key(step) if top.is_dict else step
                form = self._begin(item)
                break
            else:
                form = self._close()
        return form

    def _begin(self, value: Any) -> Any:
        """The form of a value, or that of a container will come."""
        kind = class_of(value)
        if kind in _AS_IS:
            return value
        if kind is str:
            return self._text(value)
        known = self._forms.get(id(value))
        if known is not None:
            return known[1]
        if id(value) in self._open_ids:
            self._refuse("is in itself (circular), which JSON cannot say")
        source = value
        for _ in range(_MOST_MADE):
            if kind is list or kind is tuple or kind is dict:
                return self._enter(_Open(source, value))
            if kind in _AS_IS:
                return value
            if kind is str:
                return self._text(value)
            value = self._reduce(value, kind)
            kind = class_of(value)
        self._refuse_form(source)

    def _reduce(self, value: Any, kind: Any) -> Any:
        if kind not in self._reductions:
            self._reductions[kind] = reduction(kind)
        reduce = self._reductions[kind]
        try:
            reduced = NO_FORM if reduce is None else reduce(value)
        except TooManyError:
            self._refuse(f"has more than {MOST_ITEMS} items, which have no form in JSON")
        if reduced is NO_FORM:
            self._refuse_form(value)
        return reduced

    def _enter(self, opened: _Open) -> Any:
        self._made += opened.is_made
        if self._made > _MOST_MADE:
            self._refuse("is nested more than 1,000 deep in objects that are no list and no dict")
        self._open.append(opened)
        self._open_ids.add(id(opened.source))
        return _OPENED

    def _close(self) -> Any:
        closed = self._open.pop()
        if len(closed.made) != closed.size:
            self._refuse("has two keys with the same text")
        self._open_ids.remove(id(closed.source))
        self._made -= closed.is_made
        self._forms[id(closed.source)] = closed.source, closed.made
        return closed.made

    def _key(self, key: Any) -> str:
        if issubclass(class_of(key), str):
            return self._text(str.__str__(key))
        self._open.pop()  # the path ends with the dict
        self._refuse("has keys that are no str: it has no form in JSON")

    def _text(self, text: str) -> str:
        if not text.isascii() and _PAIR.search(text):
            self._refuse("has two surrogates that JavaScript takes for one character")
        return text

    def _refuse_form(self, value: Any) -> NoReturn:
        kind: Any = class_of(value)
        advice = ""
        if issubclass(kind, _SETS):
            advice = ": it is no array, but sorted() or list() makes one"
        for name in ("to_dicts", "to_dict", "to_list", "tolist"):
            if hasattr(kind, name):
                advice = f": choose one, such as {name}()"
                break
        name = f"{kind.__module__}.{kind.__qualname__}".replace("builtins.", "")
        self._refuse(f"is of type {name}, which has no form in JSON{advice}")

    def _refuse(self, what: str) -> NoReturn:
        steps = [f"[{opened.step!r:.80}]" for opened in self._open[-_MOST_STEPS:]]
        if len(self._open) > _MOST_STEPS:
            steps.insert(0, "…")
        place = f"the value → {''.join(steps)}" if steps else "the value"
        raise BridgeError("CONVERSION", f"{place} {what}")
