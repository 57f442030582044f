#pragma once
// V8 compiles WebAssembly without bounds checks: an access out of bounds faults, and Node's handler
// of SIGSEGV turns the fault into a RuntimeError. Python's faulthandler would put a handler in its
// place that takes every trap for a crash. So:
//
//   1. As soon as faulthandler has taken SIGSEGV, a handler of ours goes in front of it: V8 is
//      asked first, and what is no trap goes on to faulthandler.
//   2. faulthandler knows nothing of ours. Disabled, or done with its report, it puts back what it
//      found, Node's handler, which serves V8 or ends the process.
//   3. Where Node does not export V8's function, Node's handler goes back in front: traps work, and
//      faulthandler says nothing of a SIGSEGV.

namespace pybridge {

// Before Python starts, for rule 3.
void remember_trap_handler();

// Rules 1 and 3, whenever faulthandler was disabled and is enabled now.
void put_traps_first();

}  // namespace pybridge
