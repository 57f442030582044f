#include "cpython/attach.h"

#include "errors/bridge_error.h"

namespace pybridge {

void refuse_entry() { throw BridgeError(gate.load() == Gate::forked ? Code::FORKED : Code::ENDED); }

}  // namespace pybridge
