#include "convert/live_lanes.h"

#include "convert/integer.h"
#include "convert/text.h"
#include "cpython/check.h"

namespace pybridge {

napi_value LiveLanes::element(uint32_t index) const {
  napi_value value = nullptr;
  node_check(context_.env, napi_get_element(context_.env, array_, index, &value));
  return value;
}

Ref LiveLanes::text_or_bytes(uint32_t index) {
  napi_env env = context_.env;
  HandleScope scope(env);
  napi_value value = element(index);
  napi_valuetype type = napi_undefined;
  node_check(env, napi_typeof(env, value, &type));
  if (type == napi_string) return text::to_python(env, value);
  void* data = nullptr;
  size_t size = 0;
  node_check(env, napi_get_buffer_info(env, value, &data, &size));
  return steal(check(
      PyBytes_FromStringAndSize(static_cast<const char*>(data), static_cast<Py_ssize_t>(size))));
}

Ref LiveLanes::big_int(uint32_t index) {
  HandleScope scope(context_.env);
  return integer::bigint_to_python(context_, element(index));
}

Ref LiveLanes::js_object(double number, uint32_t index) {
  HandleScope scope(context_.env);
  return context_.js_reference(number, element(index));
}

Ref LiveLanes::memory(double number, uint32_t index, int32_t kind) {
  HandleScope scope(context_.env);
  return context_.js_memory(number, element(index), element(index + 1), kind);
}

}  // namespace pybridge
