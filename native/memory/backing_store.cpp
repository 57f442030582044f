#include "memory/backing_store.h"

#include <atomic>
#include <new>

#include "cpython/shared_library.h"

namespace pybridge {
namespace {

// As V8 declares them, but for its own types: a v8::Local is a napi_value.
struct Store;
struct OwnedStore {  // a std::unique_ptr<v8::BackingStore>, whose owner we become
  Store* store;
  // NOLINTNEXTLINE(modernize-use-equals-default): what is not trivial is returned in memory
  ~OwnedStore() {}
};
using GetStore = std::shared_ptr<Store> (*)(napi_value buffer);
using MakeStore = OwnedStore (*)(void* data, size_t length, LetGo let_go, void* hint);
using DestroyStore = void (*)(Store* store);
using MakeArrayBuffer = napi_value (*)(void* isolate, std::shared_ptr<Store> store);
using CurrentIsolate = void* (*)();

struct Functions {
  GetStore get = nullptr;
  GetStore get_shared = nullptr;
  MakeStore make = nullptr;
  DestroyStore destroy = nullptr;
  MakeArrayBuffer make_array_buffer = nullptr;
  CurrentIsolate current_isolate = nullptr;

  bool are_complete() const {
    return get != nullptr && get_shared != nullptr && make != nullptr && destroy != nullptr &&
           make_array_buffer != nullptr && current_isolate != nullptr;
  }
};

template <typename Function>
void find(Function& function, const char* name) {
  function = reinterpret_cast<Function>(symbol_of_program(name));
}

// The name of make_array_buffer tells whose std::shared_ptr this is.
#ifdef _LIBCPP_VERSION
constexpr const char* make_array_buffer_name =
    "_ZN2v811ArrayBuffer3NewEPNS_7IsolateENSt3__110shared_ptrINS_12BackingStoreEEE";
#else
constexpr const char* make_array_buffer_name =
    "_ZN2v811ArrayBuffer3NewEPNS_7IsolateESt10shared_ptrINS_12BackingStoreEE";
#endif

Functions find_functions() {
  Functions found;
  find(found.get, "_ZN2v811ArrayBuffer15GetBackingStoreEv");
  find(found.get_shared, "_ZN2v817SharedArrayBuffer15GetBackingStoreEv");
  find(found.make, "_ZN2v811ArrayBuffer15NewBackingStoreEPvmPFvS1_mS1_ES1_");
  find(found.destroy, "_ZN2v812BackingStoreD1Ev");
  find(found.make_array_buffer, make_array_buffer_name);
  find(found.current_isolate, "_ZN2v87Isolate10GetCurrentEv");
  return found;
}

const Functions& v8() {
  static const Functions found = find_functions();
  return found;
}

std::atomic<bool> are_wanted{true};

}  // namespace

void choose_backing_stores(bool wanted) { are_wanted.store(wanted); }

bool has_backing_stores() { return are_wanted.load() && v8().are_complete(); }

std::shared_ptr<void> hold_backing_store(napi_value buffer, bool is_shared) {
  return is_shared ? v8().get_shared(buffer) : v8().get(buffer);
}

napi_value make_array_buffer(void* data, size_t length, LetGo let_go, void* hint) {
  const OwnedStore owned = v8().make(data, length, let_go, hint);
  // As `delete` does in V8's header: its destructor, and the operator of everybody.
  std::shared_ptr<Store> store(owned.store, [](Store* each) {
    v8().destroy(each);
    ::operator delete(static_cast<void*>(each));
  });
  return v8().make_array_buffer(v8().current_isolate(), std::move(store));
}

}  // namespace pybridge
