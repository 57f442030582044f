#pragma once
// Shared libraries, as the system's loader knows them: shared_library_*.cpp.

#include <string>

namespace pybridge {

// Opens it, whole and for everybody: extension modules in wheels do not link libpython, they find
// its symbols in the global scope. `flags` are those of runtime/seed.h. Throws LIBRARY_LOAD.
void* open_library(const std::string& path, int flags);

// The library that is open already; null where it is not.
void* opened_library(const std::string& path);

// What it exports by this name, or null.
void* symbol_in(void* library, const char* name);

// What the running program exports by this name, or a library that everybody sees; null where
// neither does. Older Nodes lack what newer ones have.
void* symbol_of_program(const char* name);

// The path of a libpython that somebody has loaded into this process; empty where nobody has.
std::string mapped_python_library();

// The loader maps what the headers of a file promise: in one that ends before, the process dies.
// Throws LIBRARY_LOAD. What is no library at all is left to open_library, which says so.
void refuse_cut_short(const std::string& path);

}  // namespace pybridge
