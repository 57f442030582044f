#pragma once
// Limits on calls, and staying attached: what lib/call/ asks of the rooms below.

#include "call/entry.h"

namespace pybridge::calls {

// begin_limit(milliseconds): an id; below 0 there is no deadline.
napi_value begin_limit(Bridge& bridge, const Arguments& arguments);
napi_value reach_limit(Bridge& bridge, const Arguments& arguments);
// end_limit(id): whether it was reached. Then `take_back` must follow: what is pending goes, except
// where a limit around this one was reached as well.
napi_value end_limit(Bridge& bridge, const Arguments& arguments);
napi_value take_back(Bridge& bridge, const Arguments& arguments);

// stay_attached(body): calls a function of JavaScript's, attached all the while.
napi_value stay_attached(Bridge& bridge, const Arguments& arguments);

}  // namespace pybridge::calls
