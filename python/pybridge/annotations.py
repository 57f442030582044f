"""How the annotations of a callable steer what crosses when JavaScript calls it.

`float` makes every number of a parameter a float, and an int that is returned a number, also in
`Optional[float]`, `list[float]` and other containers of nothing but floats. `Annotated[T, Ref]`
leaves a parameter, or the result, uncopied.
"""

from __future__ import annotations

from .convert import Ref
from .errors import class_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Tuple

    # By position, by name; of further positions, of further names; of the result.
    Steering = Tuple[List[int], Dict[str, int], int, int, int]

AS_EVER, FLOATS, REFERENCE = 0, 1, 2

_NONE = type(None)


def _function_of(target: Any) -> Any:
    """The Python function that runs when it is called; None where there is none."""
    kind = class_of(target)
    if issubclass(kind, type):
        return _member(target, "__init__", "__new__")
    if kind.__name__ in ("function", "method"):
        return _plain(getattr(target, "__func__", target))
    return _member(kind, "__call__")


def _member(kind: Any, *names: str) -> Any:
    for base in kind.__mro__[:-1]:
        for name in names:
            if name in base.__dict__:
                return _plain(base.__dict__[name])
    return None


def _plain(member: Any) -> Any:
    member = getattr(member, "__func__", member)
    return member if hasattr(member, "__code__") else None


def _may_steer(annotation: Any) -> bool:
    """Without evaluating what is a string."""
    if isinstance(annotation, str):
        return "float" in annotation or "Ref" in annotation
    return (
        annotation is float or not isinstance(annotation, type) or hasattr(annotation, "__args__")
    )


def _is_floats(hint: Any) -> bool:
    """Is every number in it a float?"""
    if hint is float:
        return True
    arguments = getattr(hint, "__args__", ())
    if not arguments or hint is int:
        return False
    origin = getattr(hint, "__origin__", None)
    if isinstance(origin, type) and hasattr(origin, "__getitem__") and len(arguments) == 2:
        if hasattr(origin, "keys"):
            return arguments[0] is str and _is_floats(arguments[1])
    numbers = [one for one in arguments if one not in (_NONE, str, bytes, bool, Ellipsis)]
    return bool(numbers) and all(map(_is_floats, numbers))


def _how(hint: Any) -> int:
    if hasattr(hint, "__metadata__"):
        if any(one is Ref or isinstance(one, Ref) for one in hint.__metadata__):
            return REFERENCE
        hint = hint.__origin__
    return FLOATS if _is_floats(hint) else AS_EVER


def _hints(function: Any) -> dict[str, Any]:
    import typing

    if hasattr(typing, "Annotated"):
        return typing.get_type_hints(function, include_extras=True)
    return typing.get_type_hints(function)


def steering(target: Any) -> Steering | None:
    """None where the annotations of a callable say nothing about what crosses, or are wrong."""
    try:
        function = _function_of(target)
        annotations = getattr(function, "__annotations__", None)
        if not annotations or not any(map(_may_steer, annotations.values())):
            return None
        hints = {name: _how(hint) for name, hint in _hints(function).items()}
        if not any(hints.values()):
            return None
        import inspect

        parameters = inspect.signature(target).parameters.values()
    except Exception:
        return None
    positions: list[int] = []
    names: dict[str, int] = {}
    more_positions = more_names = AS_EVER
    for parameter in parameters:
        how = hints.get(parameter.name, AS_EVER)
        if parameter.kind is parameter.VAR_POSITIONAL:
            more_positions = how
        elif parameter.kind is parameter.VAR_KEYWORD:
            more_names = how
        else:
            if parameter.kind is not parameter.KEYWORD_ONLY:
                positions.append(how)
            if parameter.kind is not parameter.POSITIONAL_ONLY:
                names[parameter.name] = how
    result = AS_EVER if isinstance(target, type) else hints.get("return", AS_EVER)
    return positions, names, more_positions, more_names, result
