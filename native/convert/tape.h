#pragma once
// A value on its way across, written on one side and read on the other in one piece:
//
//   words    int32: a tag, then what TAPE says
//   numbers  float64
//   text     one string: every short string, in order
//   objects  an array: [text, then whatever only its own side can make]
//
// In `words`, item 0 is the count of words, with these three, and item 1 the count of numbers. Item
// 2 counts the calls into native code: JavaScript that writes a tape sees whether code of the
// user's, such as a trap of a Proxy, made one meanwhile. Containers are numbered in the order in
// which they begin; `back` names an earlier one. lib/convert/tape.ts has the same list;
// test/convert/tape.test.ts proves it.

#include <cstddef>
#include <cstdint>

#define PYBRIDGE_TAPE(X)                                                   \
  X(none, 0)       /* null, None */                                        \
  X(undefined, 1)  /* undefined, pybridge.undefined */                     \
  X(no, 2)         /* false */                                             \
  X(yes, 3)        /* true */                                              \
  X(integer, 4)    /* word: the value */                                   \
  X(wide, 5)       /* number: an integer beyond 32 bits, safe */           \
  X(floating, 6)   /* number */                                            \
  X(text, 7)       /* word: UTF-16 units of `text` */                      \
  X(object, 8)     /* word: index in `objects` */                          \
  X(list, 9)       /* word: count; items */                                \
  X(tuple, 10)     /* word: count; items */                                \
  X(dict, 11)      /* word: count; key, value … every key a string */      \
  X(map, 12)       /* word: count; key, value … from a dict, other keys */ \
  X(js_map, 13)    /* word: count; key, value … from a JavaScript Map */   \
  X(set, 14)       /* word: count; items */                                \
  X(frozenset, 15) /* word: count; items */                                \
  X(back, 16)      /* word: ordinal of a container */                      \
  X(reference, 17) /* word: id of a Python object that JavaScript holds */ \
  X(js_object, 18) /* word: index in `objects`; number: its number */      \
  X(big_int, 19)   /* word: index in `objects`, a bigint */

namespace pybridge {

enum class Tag : int32_t {
#define X(name, value) name = value,
  PYBRIDGE_TAPE(X)
#undef X
};

constexpr size_t tape_header = 3;

// Memory that both sides write and read: two typed arrays that belong to JavaScript.
struct Scratch {
  void count_entry() const {
    if (words != nullptr) words[2] = static_cast<int32_t>(static_cast<uint32_t>(words[2]) + 1);
  }

  int32_t* words = nullptr;
  size_t word_capacity = 0;
  double* numbers = nullptr;
  size_t number_capacity = 0;
};

}  // namespace pybridge
