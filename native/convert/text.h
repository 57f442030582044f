#pragma once
// str ⇄ string. UTF-16 both ways: lone surrogates and NUL are kept, and nothing goes through UTF-8.

#include <string>
#include <vector>

#include "convert/context.h"
#include "cpython/layouts.h"

namespace pybridge::text {

// V8's longest string, in UTF-16 units.
constexpr Py_ssize_t max_units = 0x1FFFFFE8;

// Null where JavaScript cannot tell the str from another one: a high and a low surrogate as two
// adjacent code points. Throws CONVERSION where it is longer than V8 allows.
napi_value to_js(Context& context, PyObject* value);

// Longer strings do not join the text of a tape: V8 would make slices of it, which keep it alive.
constexpr Py_ssize_t max_joined = 12;

// Appends the code units of a str to a tape's text if they are short and Latin-1; else false.
bool append_latin1(PyObject* value, std::string& text, int32_t& units);

// Appends the code units of any other short str; false where JavaScript cannot tell it from
// another.
bool append_utf16(const Text& value, std::u16string& text);

// Can this str be told from another one in JavaScript?
bool is_representable(PyObject* value);

Ref to_python(napi_env env, napi_value value);
Ref to_python(const char16_t* units, size_t count);

// All UTF-16 units of a JavaScript string.
std::vector<char16_t> units_of(napi_env env, napi_value value);

}  // namespace pybridge::text
