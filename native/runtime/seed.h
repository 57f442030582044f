#pragma once
// Node's executable has COPY relocations: `std::cout`, `environ`, `tzname` and others live in the
// executable, and the originals in libstdc++ and libc are never initialised. A library opened with
// RTLD_DEEPBIND sees those originals: `std::cout << "x"` crashes there, and `environ` is empty. So:
//
//   1. Before libpython is opened, each writable original is given the live object's content.
//   2. libc moves `environ` at a later setenv, and the time zone at a tzset: attaching follows them
//   (a
//      comparison for each word), and Python's own os.putenv, os.unsetenv and time.tzset are
//      followed by follow_copies().

namespace pybridge {

// The flags of dlopen for libpython and extension modules: with RTLD_DEEPBIND where it is possible
// and wanted, else 0. It is off by PYBRIDGE_DEEPBIND=off, where the system has none (musl, macOS,
// Windows), and where a sanitizer or a foreign malloc is in the process: those must be seen by
// every library.
int library_flags();

// Rule 1. Does nothing without RTLD_DEEPBIND.
void seed_copies();

// Rule 2.
void follow_copies();

}  // namespace pybridge
