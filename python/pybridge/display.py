"""What a notebook would show of an object: a picture, HTML, or its text."""

from __future__ import annotations

import sys

from .errors import BridgeError, class_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, NoReturn, Sequence

# Media types, the one that shows most first, and the methods by which objects say what they look
# like (https://ipython.readthedocs.io/en/stable/config/integrating.html).
_METHODS = {
    "text/html": "_repr_html_",
    "image/svg+xml": "_repr_svg_",
    "image/png": "_repr_png_",
    "image/jpeg": "_repr_jpeg_",
    "application/pdf": "_repr_pdf_",
    "text/markdown": "_repr_markdown_",
    "text/latex": "_repr_latex_",
    "application/json": "_repr_json_",
    "application/javascript": "_repr_javascript_",
}
_BUNDLE = "_repr_mimebundle_"
_TEXT = "text/plain"
_BINARY = ("image/", "audio/", "video/", "application/pdf", "application/octet-stream")

# What matplotlib writes, a picture of pixels first: one that a mail or a chat shows as well.
_FIGURES = {
    "image/png": "png",
    "image/svg+xml": "svg",
    "application/pdf": "pdf",
    "image/jpeg": "jpeg",
}


def display(target: Any, wanted: Sequence[str] = ()) -> tuple[str, bytes]:
    """The media type and the bytes of the first wanted form that the object has; else of the best.

    What a method of the object's raises is raised: it would be missed in what is shown instead.
    """
    figure = _figure_of(target)
    forms = _Forms(target) if figure is None else _FormsOfFigure(target, figure)
    for mime in wanted or forms.order():
        content = forms.get(mime)
        if content is not None:
            return mime, _bytes_of(target, mime, content)
    _refuse(target, f"it has no {' or '.join(wanted)}, but {', '.join(forms.names())}")


def _refuse(target: object, why: str) -> NoReturn:
    kind: Any = class_of(target)
    raise BridgeError("CONVERSION", f"{kind.__module__}.{kind.__qualname__}: {why}")


class _Forms:
    """The forms that an object has."""

    def __init__(self, target: Any) -> None:
        self._target = target
        self._speaks = not isinstance(target, type) and not _claims_everything(target)
        self._bundle = self._ask_bundle()

    def order(self) -> list[str]:
        """Best first. What only a program can show comes before text alone."""
        others = [mime for mime in self._bundle if mime not in _METHODS and mime != _TEXT]
        return [*_METHODS, *others, _TEXT]

    def get(self, mime: str) -> Any:
        """None where there is none."""
        content = self._bundle.get(mime)
        if content is None and mime in _METHODS:
            content = _without_metadata(self._ask(_METHODS[mime]))
        return repr(self._target) if content is None and mime == _TEXT else content

    def names(self) -> list[str]:
        return [mime for mime in self.order() if self._has(mime)]

    def _has(self, mime: str) -> bool:
        try:
            return self.get(mime) is not None
        except Exception:
            return False

    def _ask(self, name: str, **keywords: Any) -> Any:
        method: Callable[..., Any] | None = (
            getattr(self._target, name, None) if self._speaks else None
        )
        if not callable(method):
            return None
        try:
            return method(**keywords)
        except NotImplementedError:  # says that it has none
            return None

    def _ask_bundle(self) -> dict[str, Any]:
        bundle: Any = _without_metadata(self._ask(_BUNDLE, include=None, exclude=None))
        if bundle is None:
            return {}
        if not isinstance(bundle, dict):
            _refuse(self._target, f"its {_BUNDLE} gives {class_of(bundle).__name__}, not a dict")
        return bundle  # pyright: ignore[reportUnknownVariableType]


class _FormsOfFigure(_Forms):
    """Those of what matplotlib draws. Its own HTML is asked of nobody: that needs a server."""

    def __init__(self, target: Any, figure: Any) -> None:
        super().__init__(target)
        self._figure = figure

    def order(self) -> list[str]:
        return [*_FIGURES, _TEXT]

    def get(self, mime: str) -> Any:
        if mime in _FIGURES:
            return _draw(self._figure, _FIGURES[mime])
        return repr(self._target) if mime == _TEXT else None

    def _has(self, mime: str) -> bool:
        return mime in _FIGURES or mime == _TEXT


def _claims_everything(target: Any) -> bool:
    """Mocks, and objects of JavaScript's, have an attribute of any name."""
    return getattr(target, "_ipython_canary_method_should_not_exist_", None) is not None


def _without_metadata(answer: Any) -> Any:
    """Methods may give a pair, whose other half says how wide a picture is meant to be."""
    if isinstance(answer, tuple) and len(answer) == 2:  # pyright: ignore[reportUnknownArgumentType]
        return answer[0]  # pyright: ignore[reportUnknownVariableType]
    return answer  # pyright: ignore[reportUnknownVariableType]


def _figure_of(target: Any) -> Any:
    """The figure of matplotlib's that it is, or is in. Imports nothing."""
    if target is sys.modules.get("matplotlib.pyplot") is not None:
        if not target.get_fignums():  # gcf would make one
            raise BridgeError("CONVERSION", "matplotlib.pyplot has no figure yet: plot first")
        return target.gcf()
    if _is(target, "matplotlib.axes", "Axes"):
        target = target.figure
    if _is(target, "matplotlib.figure", "SubFigure"):
        target = target.figure
    return target if _is(target, "matplotlib.figure", "Figure") else None


def _is(target: Any, module: str, name: str) -> bool:
    return isinstance(target, getattr(sys.modules.get(module), name, ()))


def _draw(figure: Any, format_: str) -> bytes:
    """As notebooks do, without a margin. The figure keeps its canvas, whose backend is not asked."""
    import io

    stream = io.BytesIO()
    figure.savefig(stream, format=format_, bbox_inches="tight")
    return stream.getvalue()


def _is_json(mime: str) -> bool:
    return mime == "application/json" or mime.endswith("+json")


def _bytes_of(target: Any, mime: str, content: Any) -> bytes:
    if isinstance(content, (bytes, bytearray, memoryview)):
        return bytes(content)  # pyright: ignore[reportUnknownArgumentType]
    if _is_json(mime) and not isinstance(content, str):
        import json

        try:
            return json.dumps(content).encode()
        except (TypeError, ValueError) as error:
            _refuse(target, f"its {mime} is not JSON: {error}")
    if not isinstance(content, str):
        _refuse(target, f"its {mime} is {class_of(content).__name__}, neither text nor bytes")
    if mime.startswith(_BINARY) and mime != "image/svg+xml":
        import base64

        try:
            return base64.b64decode(content)
        except ValueError as error:
            _refuse(target, f"its {mime} is text that is not base64: {error}")
    return content.encode("utf-8", "replace")
