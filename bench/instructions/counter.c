// Tells callgrind where a count begins and ends: nothing else of the process is counted.

#include <node_api.h>
#include <valgrind/callgrind.h>

static napi_value begin(napi_env env, napi_callback_info info) {
  CALLGRIND_START_INSTRUMENTATION;
  CALLGRIND_ZERO_STATS;
  return NULL;
}

// end(name): the count is written to a file of its own, with the name in it.
static napi_value end(napi_env env, napi_callback_info info) {
  char name[64];
  size_t count = 1;
  napi_value argument;
  napi_get_cb_info(env, info, &count, &argument, NULL, NULL);
  napi_get_value_string_utf8(env, argument, name, sizeof name, NULL);
  CALLGRIND_DUMP_STATS_AT(name);
  CALLGRIND_STOP_INSTRUMENTATION;
  return NULL;
}

NAPI_MODULE_INIT() {
  napi_property_descriptor methods[] = {
      {"begin", NULL, begin, NULL, NULL, NULL, napi_enumerable, NULL},
      {"end", NULL, end, NULL, NULL, NULL, napi_enumerable, NULL}};
  napi_define_properties(env, exports, sizeof methods / sizeof *methods, methods);
  return exports;
}
