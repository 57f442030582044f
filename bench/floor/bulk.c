// The floor of containers: one side writes what it knows to be there into scratch buffers that both
// see, the other builds from them. Each function knows the shape of its value; nothing is checked.

#include "addon.h"

enum { FIELDS = 10 };
static PyObject *small_list_function, *small_dict_function, *small_tuple_function;
static PyObject *take_small_list_function, *take_small_dict_function;
static PyObject *floats_function, *take_floats_function, *ints_function, *take_ints_function;
static PyObject *texts_function, *take_texts_function, *rows_function, *take_rows_function;
static PyObject *small_keys[2], *row_keys[FIELDS], *row_template;

// Scratch: integers, numbers, characters.
static int32_t* words;
static double* numbers;
static uint8_t* characters;

static inline PyObject* call(PyObject* function) {
  return check(PyObject_Vectorcall(function, NULL, 0, NULL));
}

static inline PyObject* call_with(PyObject* function, PyObject* argument) {
  PyObject* stack[] = {NULL, argument};
  PyObject* result =
      check(PyObject_Vectorcall(function, stack + 1, 1 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL));
  Py_DECREF(argument);
  return result;
}

static inline napi_value text_to_js(napi_env env, PyObject* text) {
  napi_value result;
  napi_create_string_latin1(env, (const char*)PyUnicode_1BYTE_DATA(text),
                            (size_t)PyUnicode_GET_LENGTH(text), &result);
  return result;
}

static inline napi_value give_boolean_to_js(napi_env env, PyObject* value) {
  napi_value result;
  napi_get_boolean(env, value == Py_True, &result);
  Py_DECREF(value);
  return result;
}

static inline PyObject** items(PyObject* list) { return ((PyListObject*)list)->ob_item; }

WORKLOAD(small_list) {
  PyObject* list = call(small_list_function);
  for (int i = 0; i < 3; i++) words[i] = (int32_t)PyLong_AsLong(PyList_GET_ITEM(list, i));
  Py_DECREF(list);
  return NULL;
}

// In order of the keys; gives the text.
WORKLOAD(small_dict) {
  PyObject* dict = call(small_dict_function);
  PyObject *key, *number, *text;
  Py_ssize_t position = 0;
  PyDict_Next(dict, &position, &key, &number);
  PyDict_Next(dict, &position, &key, &text);
  words[0] = (int32_t)PyLong_AsLong(number);
  napi_value result = text_to_js(env, text);
  Py_DECREF(dict);
  return result;
}

WORKLOAD(small_tuple) {
  PyObject* tuple = call(small_tuple_function);
  words[0] = (int32_t)PyLong_AsLong(PyTuple_GET_ITEM(tuple, 0));
  napi_value result = text_to_js(env, PyTuple_GET_ITEM(tuple, 1));
  Py_DECREF(tuple);
  return result;
}

WORKLOAD(take_small_list) {
  PyObject* list = check(PyList_New(3));
  for (int i = 0; i < 3; i++) PyList_SET_ITEM(list, i, PyLong_FromLong(words[i]));
  return give_int_to_js(env, call_with(take_small_list_function, list));
}

// The number in words[0], one character in characters[0].
WORKLOAD(take_small_dict) {
  PyObject* dict = check(PyDict_New());
  PyObject* number = PyLong_FromLong(words[0]);
  PyObject* text = PyUnicode_New(1, 127);
  PyUnicode_1BYTE_DATA(text)[0] = characters[0];
  PyDict_SetItem(dict, small_keys[0], number);
  PyDict_SetItem(dict, small_keys[1], text);
  Py_DECREF(number);
  Py_DECREF(text);
  return give_int_to_js(env, call_with(take_small_dict_function, dict));
}

static napi_value count_to_js(napi_env env, Py_ssize_t count) {
  napi_value result;
  napi_create_int32(env, (int32_t)count, &result);
  return result;
}

WORKLOAD(floats) {
  PyObject* list = call(floats_function);
  Py_ssize_t count = PyList_GET_SIZE(list);
  PyObject** item = items(list);
  for (Py_ssize_t i = 0; i < count; i++) numbers[i] = PyFloat_AS_DOUBLE(item[i]);
  Py_DECREF(list);
  return count_to_js(env, count);
}

WORKLOAD(ints) {
  PyObject* list = call(ints_function);
  Py_ssize_t count = PyList_GET_SIZE(list);
  PyObject** item = items(list);
  for (Py_ssize_t i = 0; i < count; i++) words[i] = (int32_t)PyLong_AsLong(item[i]);
  Py_DECREF(list);
  return count_to_js(env, count);
}

WORKLOAD(take_floats) {
  ARGUMENTS(1);
  int32_t length;
  napi_get_value_int32(env, arguments[0], &length);
  PyObject* list = check(PyList_New(length));
  PyObject** item = items(list);
  for (int32_t i = 0; i < length; i++) item[i] = PyFloat_FromDouble(numbers[i]);
  return give_boolean_to_js(env, call_with(take_floats_function, list));
}

WORKLOAD(take_ints) {
  ARGUMENTS(1);
  int32_t length;
  napi_get_value_int32(env, arguments[0], &length);
  PyObject* list = check(PyList_New(length));
  PyObject** item = items(list);
  for (int32_t i = 0; i < length; i++) item[i] = PyLong_FromLong(words[i]);
  return give_boolean_to_js(env, call_with(take_ints_function, list));
}

// A text goes to words by its length, and to one string with all others, of which JavaScript takes
// parts. One that was there a short while ago, the same object, is told by its number instead,
// negative.
enum { REMEMBERED = 4096 };
static PyObject* remembered[REMEMBERED];
static int32_t remembered_as[REMEMBERED];
static int32_t texts_written;

static inline void forget_texts(void) {
  memset(remembered, 0, sizeof remembered);
  texts_written = 0;
}

static inline void write_text(PyObject* text, int32_t** word, uint8_t** character) {
  uint32_t slot = (uint32_t)((uintptr_t)text >> 4) * 2654435761u >> 20;
  if (remembered[slot] == text) {
    *(*word)++ = ~remembered_as[slot];
    return;
  }
  remembered[slot] = text;
  remembered_as[slot] = texts_written++;
  Py_ssize_t length = PyUnicode_GET_LENGTH(text);
  memcpy(*character, PyUnicode_1BYTE_DATA(text), (size_t)length);
  *character += length;
  *(*word)++ = (int32_t)length;
}

static inline napi_value characters_to_js(napi_env env, uint8_t* end) {
  napi_value result;
  napi_create_string_latin1(env, (const char*)characters, (size_t)(end - characters), &result);
  return result;
}

// How many, and each.
WORKLOAD(texts) {
  PyObject* list = call(texts_function);
  forget_texts();
  int32_t* word = words;
  uint8_t* character = characters;
  Py_ssize_t length = PyList_GET_SIZE(list);
  PyObject** item = items(list);
  *word++ = (int32_t)length;
  for (Py_ssize_t i = 0; i < length; i++) write_text(item[i], &word, &character);
  Py_DECREF(list);
  return characters_to_js(env, character);
}

// How many; then of each row, in order: ints and booleans to words, floats to numbers, and texts.
WORKLOAD(rows) {
  PyObject* list = call(rows_function);
  forget_texts();
  int32_t* word = words;
  double* number = numbers;
  uint8_t* character = characters;
  *word++ = (int32_t)PyList_GET_SIZE(list);
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++) {
    PyObject* dict = PyList_GET_ITEM(list, i);
    PyObject *key, *value;
    Py_ssize_t position = 0;
    while (PyDict_Next(dict, &position, &key, &value)) {
      PyTypeObject* type = Py_TYPE(value);
      if (type == &PyFloat_Type)
        *number++ = PyFloat_AS_DOUBLE(value);
      else if (type == &PyBool_Type)
        *word++ = value == Py_True;
      else if (type == &PyLong_Type)
        *word++ = (int32_t)PyLong_AsLong(value);
      else if (type == &PyUnicode_Type)
        write_text(value, &word, &character);
    }
  }
  Py_DECREF(list);
  return characters_to_js(env, character);
}

static inline PyObject* next_text(int32_t** word, uint8_t** character) {
  int32_t length = *(*word)++;
  PyObject* text = PyUnicode_New(length, 127);
  memcpy(PyUnicode_1BYTE_DATA(text), *character, (size_t)length);
  *character += length;
  return text;
}

WORKLOAD(take_texts) {
  ARGUMENTS(1);
  int32_t length;
  napi_get_value_int32(env, arguments[0], &length);
  int32_t* word = words;
  uint8_t* character = characters;
  PyObject* list = check(PyList_New(length));
  for (int32_t i = 0; i < length; i++) PyList_SET_ITEM(list, i, next_text(&word, &character));
  return give_boolean_to_js(env, call_with(take_texts_function, list));
}

WORKLOAD(take_rows) {
  ARGUMENTS(1);
  int32_t count_of_rows;
  napi_get_value_int32(env, arguments[0], &count_of_rows);
  int32_t* word = words;
  double* number = numbers;
  uint8_t* character = characters;
  PyObject* list = check(PyList_New(count_of_rows));
  for (int32_t i = 0; i < count_of_rows; i++) {
    PyObject* dict = check(PyDict_Copy(row_template));
    for (int field = 0; field < FIELDS; field++) {
      PyObject* value;
      switch ("itfbntiftb"[field]) {
        case 'i': value = PyLong_FromLong(*word++); break;
        case 'f': value = PyFloat_FromDouble(*number++); break;
        case 'b': value = PyBool_FromLong(*word++); break;
        case 't': value = next_text(&word, &character); break;
        default:  continue;  // None, as in the template
      }
      PyDict_SetItem(dict, row_keys[field], value);
      Py_DECREF(value);
    }
    PyList_SET_ITEM(list, i, dict);
  }
  return give_boolean_to_js(env, call_with(take_rows_function, list));
}

static void* memory_of(napi_env env, napi_value array) {
  void* memory;
  napi_get_typedarray_info(env, array, NULL, NULL, &memory, NULL, NULL);
  return memory;
}

// scratch(words, numbers, characters)
static napi_value scratch(napi_env env, napi_callback_info info) {
  ARGUMENTS(3);
  words = memory_of(env, arguments[0]);
  numbers = memory_of(env, arguments[1]);
  characters = memory_of(env, arguments[2]);
  return NULL;
}

static void find_functions(void) {
  small_list_function = object_named("small_list");
  small_dict_function = object_named("small_dict");
  small_tuple_function = object_named("small_tuple");
  take_small_list_function = object_named("take_small_list");
  take_small_dict_function = object_named("take_small_dict");
  floats_function = object_named("floats");
  take_floats_function = object_named("take_floats");
  ints_function = object_named("ints");
  take_ints_function = object_named("take_ints");
  texts_function = object_if_named("texts");
  take_texts_function = object_if_named("take_texts");
  rows_function = object_named("rows");
  take_rows_function = object_named("take_rows");
}

// run(source), which may give the functions another meaning.
static napi_value run(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  char source[4096];
  napi_get_value_string_utf8(env, arguments[0], source, sizeof source, NULL);
  PyEval_RestoreThread(thread);
  if (PyRun_SimpleString(source) != 0) exit(1);
  find_functions();
  PyEval_SaveThread();
  return NULL;
}

static napi_value start(napi_env env, napi_callback_info info) {
  static const char* fields[FIELDS] = {"id",   "name",  "score", "active", "parent",
                                       "city", "count", "ratio", "tag",    "flag"};
  if (start_python(env, info)) {
    find_functions();
    small_keys[0] = check(PyUnicode_InternFromString("a"));
    small_keys[1] = check(PyUnicode_InternFromString("b"));
    row_template = check(PyDict_New());
    for (int i = 0; i < FIELDS; i++) {
      row_keys[i] = check(PyUnicode_InternFromString(fields[i]));
      PyDict_SetItem(row_template, row_keys[i], Py_None);
    }
  }
  thread = PyEval_SaveThread();
  return NULL;
}

NAPI_MODULE_INIT() {
#define ATTACHING(name) METHOD(name##_attaching)
  napi_property_descriptor methods[] = {
      METHOD(start),          METHOD(scratch),        METHOD(run),
      ATTACHING(small_list),  ATTACHING(small_dict),  ATTACHING(small_tuple),
      ATTACHING(take_floats), ATTACHING(floats),      ATTACHING(take_small_list),
      ATTACHING(take_ints),   ATTACHING(ints),        ATTACHING(take_small_dict),
      ATTACHING(take_texts),  ATTACHING(texts),       ATTACHING(take_rows),
      ATTACHING(rows)};
  napi_define_properties(env, exports, sizeof methods / sizeof *methods, methods);
  return exports;
}
