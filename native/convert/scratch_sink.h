#pragma once
// The scratch as the place where a tape is written, and what lays it open for JavaScript.

#include "convert/context.h"
#include "convert/sink.h"

namespace pybridge {

// What no row of scalars and containers covers: an Error, a Date, or a reference. Runs code of the
// user's.
napi_value object_to_js(Context& context, PyObject* object);

class ScratchSink final : public Sink {
 public:
  explicit ScratchSink(Context& context) : context_(context) {}

  void begin_tape();

  // Ends the tape: its header, and in the mailbox its texts and lanes. What lanes become may take
  // code of the user's, which may write tapes of its own: this one waits elsewhere meanwhile.
  void finish();

  // A tape that was written elsewhere.
  void lay(const Tape& tape);

 protected:
  void grow(size_t words, size_t numbers) override;

 private:
  void use_scratch();
  void end();
  void mail_lanes(const std::vector<Ref>& all);
  void copy(const int32_t* from_words, size_t word_count, const double* from_numbers,
            size_t number_count);
  void post_text(const std::string& text, const std::u16string& wide_text);
  napi_value convert(const std::vector<Ref>& lanes, bool by_reference);

  Context& context_;
};

}  // namespace pybridge
