#pragma once
// The Python package `pybridge`, loaded from beside the addon when Python starts, whatever packages
// of that name the user's environment has.

#include <string>

#include "convert/context.h"

namespace pybridge {

// Its functions and objects that native code uses. They live as long as the process.
struct Package {
  PyObject* plain = nullptr;
  PyObject* is_missing = nullptr;
  PyObject* is_iterable = nullptr;
  PyObject* exporter_of = nullptr;  // once load_memory was called
  PyObject* arrow_of = nullptr;
  PyObject* layout_of = nullptr;  // likewise
  PyObject* end = nullptr;
  PyObject* know_main_thread = nullptr;
  PyObject* join_threads = nullptr;
  PyObject* describe_threads = nullptr;
  PyObject* share_signals = nullptr;
  PyObject* write_code = nullptr;  // of the streams, in whose midst nothing may print
  PyObject* write_wait_code = nullptr;
  Special special;
};
inline Package package;

// Attached, once, right after Python started.
void load_package(const std::string& folder);

// Its half of the room memory/, once there is any.
void load_memory();

}  // namespace pybridge
