#pragma once
// A value on its way across, written on one side and read on the other in one piece. docs/tape.md
// specifies it; lib/convert/tape.ts has the same lists, and test/convert/tape.test.ts compares
// them.

#include <cstddef>
#include <cstdint>

#define PYBRIDGE_TAPE(X)                                                                \
  X(none, 0)        /* null, None */                                                    \
  X(undefined, 1)   /* undefined, pybridge.undefined */                                 \
  X(no, 2)          /* false */                                                         \
  X(yes, 3)         /* true */                                                          \
  X(integer, 4)     /* word: an int */                                                  \
  X(wide, 5)        /* number: an int beyond 32 bits, safe in JavaScript */             \
  X(floating, 6)    /* number: a float */                                               \
  X(whole, 7)       /* number: a float that JavaScript does not tell from an int */     \
  X(exact, 8)       /* number: a float that stays one in JavaScript, a PyFloat */       \
  X(int64, 9)       /* number, as an int64: an int of Python's, a bigint */             \
  X(big_int, 10)    /* number, as an int64: a bigint of JavaScript's */                 \
  X(text, 11)       /* word: how many units of the text */                              \
  X(wide_text, 12)  /* word: how many units of the wide text */                         \
  X(character, 13)  /* word: a unit, the whole string */                                \
  X(known_text, 14) /* word: a string that the other side has, by its slot */           \
  X(lane, 15)       /* word: index of a lane */                                         \
  X(big_lane, 16)   /* word: index of a lane, a bigint of more than 64 bits */          \
  X(reference, 17)  /* word: id of a Python object that JavaScript holds */             \
  X(js_object, 18)  /* word: index of a lane; number: the number of the object */       \
  X(date, 19)       /* number: a Date of JavaScript's, in milliseconds */               \
  X(datetime, 20)   /* number: its wall clock; words: microsecond, fold; its tzinfo */  \
  X(back, 21)       /* word: where a container begins that occurs again */              \
  X(memory, 22)     /* words: index of two lanes, what it has; number: of the object */ \
  X(integers, 24)   /* word: count; as many words */                                    \
  X(floats, 25)     /* word: count; as many numbers, floats */                          \
  X(wholes, 26)     /* word: count; as many numbers, floats, some of them whole */      \
  X(numbers, 27)    /* word: count; as many numbers: ints where they are whole */       \
  X(int64s, 28)     /* word: count; as many numbers, as int64s */                       \
  X(texts, 29)      /* word: count; as many words, each the length of a text */         \
  X(list, 32)       /* word: count; items */                                            \
  X(tuple, 33)      /* word: count; items */                                            \
  X(object, 34)     /* word: number of its shape; values: a dict, every key a string */ \
  X(dict, 35)       /* word: count; key, value … every key a string */                  \
  X(map, 36)        /* word: count; key, value … from a dict, other keys */             \
  X(js_map, 37)     /* word: count; key, value … from a JavaScript Map */               \
  X(set, 38)        /* word: count; items */                                            \
  X(frozenset, 39)  /* word: count; items */                                            \
  X(js_set, 40)     /* word: count; items, in the order of a JavaScript Set */

namespace pybridge {

enum class Tag : int32_t {
#define X(name, value) name = value,
  PYBRIDGE_TAPE(X)
#undef X
};

// What a memory has: the letter of its items, and whether other threads write it, too.
constexpr int32_t letter_mask = 0xFF;
constexpr int32_t shared_memory_bit = 0x100;

// What a word that begins a container may have beside its tag.
constexpr int32_t tag_mask = 0xFF;
constexpr int32_t shared_bit = 0x100;  // something later on the tape is this container again
constexpr int32_t wholes_bit = 0x200;  // some of its floats are whole numbers
constexpr int32_t floats_bit = 0x400;  // every number in it is a float

// The words before the tape: how many words, numbers and units there are, flags, and the calls into
// native code so far. JavaScript that writes a tape sees by the last whether code of the user's,
// such as a trap of a Proxy, made one meanwhile.
constexpr size_t tape_header = 6;
enum Head : size_t { word_count = 0, number_count = 1, unit_count = 2, flags = 3, entries = 4 };

constexpr int32_t deep_flag = 1;    // reading it takes frames, not recursion
constexpr int32_t shared_flag = 2;  // something occurs twice
constexpr int32_t mail_flag = 4;    // texts or lanes stand beside it

// Memory that both sides write and read: typed arrays that belong to JavaScript.
struct Scratch {
  // JavaScript has come: what was laid for it before, it has read.
  void count_entry() {
    is_laid = false;
    if (words != nullptr)
      words[entries] = static_cast<int32_t>(static_cast<uint32_t>(words[entries]) + 1);
  }
  // Says that a function returns nothing, where JavaScript would look for a tape.
  void clear() {
    is_laid = true;
    if (words != nullptr) words[word_count] = 0;
  }

  bool is_laid = false;  // what is in it was written for JavaScript, which may not have read it

  int32_t* words = nullptr;
  size_t word_capacity = 0;
  double* numbers = nullptr;
  size_t number_capacity = 0;
  const char16_t* units = nullptr;
  size_t unit_capacity = 0;
};

}  // namespace pybridge
