"""Memory that both sides hold: what exports an object's, and JavaScript's as tensors."""

from __future__ import annotations

import sys

from ._native import Memory, address_of, export_dlpack, import_dlpack, memory_at
from .errors import BridgeError, class_of
from .pictures import is_picture, memory_of_picture

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

_CPU = (1, 0)  # kDLCPU
_CPU_TYPES = (1, 3, 11)  # and what CUDA and ROCm pin in this machine's own memory
_BFLOAT = "bfloat16"


def _refuse(target: object, why: str) -> NoReturn:
    kind: Any = class_of(target)
    raise BridgeError("CONVERSION", f"{kind.__module__}.{kind.__qualname__}: {why}")


def exporter_of(target: Any, error: BaseException) -> tuple[Any, str]:
    """What exports the memory of an object that does not do so itself, and why it does not.

    With it the name of its items, where a format of PEP 3118 cannot tell it.
    """
    numpy: Any = sys.modules.get("numpy")
    if numpy is not None and isinstance(target, (numpy.ndarray, numpy.generic)):
        return _exporter_of_array(numpy.asarray(target), error)
    kind: Any = class_of(target)
    if hasattr(target, "__cuda_array_interface__"):
        _refuse(
            target,
            "its memory is on a graphics card: copy it to this one first, with .cpu() or .get()",
        )
    if is_picture(target):
        return memory_of_picture(target), ""
    if hasattr(kind, "__array_interface__"):
        return _exporter_of_interface(target, target.__array_interface__), ""
    if hasattr(kind, "__dlpack__"):
        return _exporter_of_tensor(target)
    if hasattr(kind, "__array__"):
        _refuse(target, "it exports no memory itself: pass numpy.asarray(x)")
    if isinstance(target, memoryview):
        raise BridgeError("RELEASED", "this memoryview has let go of its memory") from error
    if type(error) is not TypeError:
        raise error
    _refuse(target, "it exports no memory: it is no bytes, bytearray, memoryview, array or tensor")


def _exporter_of_array(array: Any, error: BaseException) -> tuple[Any, str]:
    """NumPy refuses to export times, and what holds objects."""
    name = str(array.dtype)
    if array.dtype.kind in "mM":
        order = "=" if array.dtype.isnative else array.dtype.byteorder
        return array.view(f"{order}i8"), name
    if array.dtype.hasobject:
        _refuse(
            array, f"its items are objects of Python's ({name}): pass x.tolist(), or x.astype(…)"
        )
    if name == _BFLOAT:
        return array.view("u2"), name
    raise BridgeError(
        "CONVERSION", f"numpy.ndarray: its items ({name}) cannot be exported: {error}"
    )


def _exporter_of_interface(target: Any, interface: dict[str, Any]) -> Any:
    """NumPy's array interface, version 3: a dict that says where the memory is."""
    shape = tuple(interface["shape"])
    typestr = interface["typestr"]
    size = _size_of(typestr)
    data: Any = interface.get("data")
    if interface.get("mask") is not None:
        _refuse(target, "some of its items are masked: fill them first")
    if class_of(data) is not tuple:
        _refuse(target, "its array interface gives a copy: pass numpy.asarray(x)")
    strides = interface.get("strides")
    if strides is None:
        strides = _contiguous(shape, size)
    address, is_readonly = data
    format_ = _format_of(target, typestr, interface)
    return memory_at(target, address, bool(is_readonly), format_, size, shape, tuple(strides))


def _contiguous(shape: tuple[int, ...], size: int) -> tuple[int, ...]:
    strides: list[int] = []
    for length in reversed(shape):
        strides.append(size)
        size *= length
    return tuple(reversed(strides))


def layout_of(exporter: Any, format_: str) -> str:
    """Where the fields of structured items are; "" where nobody but the format knows.

    NumPy's format leaves out the padding at the end, also where items of an array follow it, and
    that of ctypes all of it (before Python 3.12), and what is a bit field.
    """
    source: Any = exporter.obj if isinstance(exporter, memoryview) else exporter
    if source is not exporter and memoryview(source).format != format_:
        return ""
    numpy: Any = sys.modules.get("numpy")
    if numpy is not None and isinstance(source, (numpy.ndarray, numpy.generic)):
        return _layout_of_dtype(source.dtype)
    ctypes: Any = sys.modules.get("ctypes")
    if ctypes is not None and isinstance(source, (ctypes.Structure, ctypes.Array)):
        kind: Any = class_of(source)
        while issubclass(kind, ctypes.Array):
            kind = kind._type_
        return _layout_of_ctype(ctypes, kind)
    return ""


def _layout(fields: list[tuple[str, int, int, str]], size: int) -> str:
    """Fields with their places and sizes, and what is between them, as PEP 3118 writes it."""
    parts: list[str] = []
    end = 0
    for name, offset, length, format_ in fields:
        if offset < end or ":" in name:
            return f"{size}x"
        parts.append(f"{_padding(offset - end)}{format_}:{name}:")
        end = offset + length
    return f"T{{{''.join(parts)}{_padding(size - end)}}}"


def _padding(size: int) -> str:
    return f"{size}x" if size > 0 else ""


def _layout_of_dtype(dtype: Any) -> str:
    if dtype.subdtype is not None:
        base, shape = dtype.subdtype
        return f"({','.join(map(str, shape))}){_layout_of_dtype(base)}"
    if dtype.names is None:
        return _format_of_kind(dtype.kind, dtype.itemsize, dtype.str[0])
    places = [(name, *dtype.fields[name][:2]) for name in dtype.names]
    fields = [(name, at, kind.itemsize, _layout_of_dtype(kind)) for name, kind, at in places]
    return _layout(fields, dtype.itemsize)


def _layout_of_ctype(ctypes: Any, kind: Any) -> str:
    size: int = ctypes.sizeof(kind)
    if issubclass(kind, ctypes.Array):
        return f"({kind._length_}){_layout_of_ctype(ctypes, kind._type_)}"
    if issubclass(kind, ctypes.Structure):
        own = [each.__dict__.get("_fields_", ()) for each in reversed(kind.__mro__)]
        declared: list[tuple[Any, ...]] = [field for fields in own for field in fields]
        if any(len(field) > 2 for field in declared):  # in bits
            return f"{size}x"
        places = [(name, getattr(kind, name).offset, type_) for name, type_, *_ in declared]
        fields = [
            (name, at, ctypes.sizeof(type_), _layout_of_ctype(ctypes, type_))
            for name, at, type_ in places
        ]
        return _layout(fields, size)
    format_ = str(memoryview(kind()).format)
    if format_[1:] == "u":
        return f"{format_[0]}{'u' if size == 2 else 'w'}"
    return format_ if format_[1:] in _SIMPLE and size > 0 else f"{size}x"


_SIMPLE = frozenset("?bBhHiIlLqQefdcO")

_KINDS = {
    "b": {1: "?"},
    "i": {1: "b", 2: "h", 4: "i", 8: "q"},
    "u": {1: "B", 2: "H", 4: "I", 8: "Q"},
    "f": {2: "e", 4: "f", 8: "d"},
    "c": {8: "Zf", 16: "Zd"},
}


def _size_of(typestr: str) -> int:
    """In bytes; text is counted in characters of four."""
    return int(typestr[2:]) * (4 if typestr[1] == "U" else 1)


def _format_of(target: Any, typestr: str, interface: dict[str, Any]) -> str:
    order, kind, size = typestr[0], typestr[1], _size_of(typestr)
    is_known = kind in "SU" or size in _KINDS.get(kind, {})
    if not is_known and (kind != "V" or len(interface.get("descr") or ()) > 1):
        _refuse(target, f"its items ({typestr}) have no numbers in JavaScript")
    return _format_of_kind(kind, size, order)


def _format_of_kind(kind: str, size: int, order: str) -> str:
    """By NumPy's letters; the bytes alone where JavaScript has no values for them."""
    prefix = "=" if order == "|" else order
    if kind == "O":
        return "O"
    if kind == "S":
        return f"{size}s"
    if kind == "U":
        return f"{prefix}{size // 4}w"
    known = _KINDS.get(kind, {}).get(size)
    return f"{size}x" if known is None else prefix + known


def _exporter_of_tensor(target: Any) -> tuple[Any, str]:
    device, _ = target.__dlpack_device__()
    if int(device) not in _CPU_TYPES:
        _refuse(target, "its memory is on another device: copy it to this one first, with .cpu()")
    try:
        capsule = _capsule_of(target, max_version=(1, 0))
    except TypeError:  # older than DLPack 1.0
        capsule = _capsule_of(target)
    name = str(getattr(target, "dtype", ""))
    return import_dlpack(capsule), _BFLOAT if name.endswith(_BFLOAT) else ""


def _capsule_of(target: Any, **wanted: Any) -> Any:
    try:
        return target.__dlpack__(**wanted)
    except (BufferError, RuntimeError, ValueError) as error:
        _refuse(target, f"it gives no tensor: {error}")


def _dlpack(
    memory: Memory,
    *,
    stream: Any = None,
    max_version: tuple[int, int] | None = None,
    dl_device: tuple[int, int] | None = None,
    copy: bool | None = None,
) -> Any:
    """The memory as a tensor, for `from_dlpack` of NumPy, PyTorch and others."""
    if stream is not None:
        raise BufferError("memory of JavaScript's has no streams")
    if dl_device is not None and tuple(dl_device) != _CPU:
        raise BufferError("memory of JavaScript's is on the CPU")
    is_versioned = max_version is not None and max_version[0] >= 1
    return export_dlpack(memory, is_versioned, bool(copy))


def _dlpack_device(_memory: Memory) -> tuple[int, int]:
    return _CPU


_TYPESTRS = {
    **dict.fromkeys("bhiq", "i"),
    **dict.fromkeys("BHIQ", "u"),
    **dict.fromkeys("efd", "f"),
}


def _array_interface(memory: Memory) -> dict[str, Any]:
    """NumPy's array interface, version 3."""
    view = memoryview(memory)
    order = "|" if view.itemsize == 1 else "<" if sys.byteorder == "little" else ">"
    return {
        "shape": view.shape,
        "typestr": f"{order}{_TYPESTRS[view.format]}{view.itemsize}",
        "data": (address_of(memory), view.readonly),
        "strides": view.strides,
        "version": 3,
    }


def _define(name: str, value: Any) -> None:
    setattr(Memory, name, value)


_define("__dlpack__", _dlpack)
_define("__dlpack_device__", _dlpack_device)
_define("__array_interface__", property(_array_interface))
