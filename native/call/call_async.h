#pragma once
// JavaScript → Python, on a thread of the pool: fn.async(...).

#include "call/entry.h"

namespace pybridge::calls {

// submit(ticket, id, objects, mode, limited): the answer comes to the hook `settleCall`.
napi_value submit(Bridge& bridge, const Arguments& arguments);

// submit_scalars(ticket, id, ...scalars): at most four, copied, without limits. The answer comes to
// `settleScalar` where it is a scalar too.
napi_value submit_scalars(Bridge& bridge, const Arguments& arguments);

// interrupt_call(ticket): raises Interrupted where it runs, and keeps it from starting where not.
napi_value interrupt_call(Bridge& bridge, const Arguments& arguments);

// give_up_call(ticket): true where it runs and does not end; its thread is replaced.
napi_value give_up_call(Bridge& bridge, const Arguments& arguments);

}  // namespace pybridge::calls
