#pragma once

#include <string_view>
#include <vector>

#include "model/source.h"
#include "model/word.h"

namespace sandlint {

/// One field of a message in the text format of protocol buffers: `name: value` or `name { … }`. A
/// field that stands several times is repeated.
struct ProtoField {
  Word name;
  Word value;  ///< a scalar: text without quotes, a number, `true`; its span is as written
  std::vector<ProtoField> fields;  ///< of a message
  bool is_message = false;
};

struct ProtoText {
  std::vector<ProtoField> fields;
  Span problem;  ///< where it could not be read; empty when all of it was
};

/// Depth, length and count are bounded.
ProtoText ParseProtoText(const Source& source);

/// The same tree out of a message that is written as JSON; a list is a repeated field.
ProtoText ParseProtoJson(const Source& source);

}  // namespace sandlint
