#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/support.h"

namespace sandlint {

enum class Severity : std::uint8_t { Note, Warning, Error };

/// The guide's 12 checklist items, as a set.
struct Items {
  std::uint16_t bits = 0;
  constexpr Items() = default;
  constexpr Items(std::initializer_list<int> items) {
    for (const int item : items) bits = static_cast<std::uint16_t>(bits | (1U << item));
  }
  constexpr bool Has(int item) const { return ((bits >> item) & 1U) != 0; }
  constexpr void Add(int item) { bits = static_cast<std::uint16_t>(bits | (1U << item)); }
};

/// How a finding stands to a base revision (`check --diff-base`); None without one.
enum class Baseline : std::uint8_t { None, New, Unchanged };

struct Related {
  Span where;
  std::string message;
};

/// A rule's report of one cause.
struct Finding {
  std::string rule;
  Severity severity = Severity::Warning;
  Confidence confidence = Confidence::High;
  std::string server;     ///< empty when it is about a file or the repository
  int server_index = -1;  ///< in Workspace::servers; filled after the rules have run
  std::string message;    ///< stands alone: who, what, how it is known. Never a secret's value.
  Span where;             ///< the one line that causes it
  std::string file;       ///< its path where `where` is empty: a FIFO has no lines
  std::vector<Related> related;
  std::string fix;  ///< empty: the rule's own
  Items items;      ///< the checklist items that it makes fail; empty: the rule's own item
  /// Tells two findings of one rule and server apart (a path, a variable name); part of the key.
  std::string detail;
  std::string key;  ///< stable over line changes; filled after the rules have run
  Baseline baseline = Baseline::None;  ///< an unchanged finding does not gate
};
using Findings = std::vector<Finding>;

/// A finding that the policy waives.
struct SuppressedFinding {
  Finding finding;
  std::string reason;
};

enum class Verdict : std::uint8_t { Pass, Fail, NotProven, NeedsPerson, NotApplicable };

struct Judgement {
  Verdict verdict = Verdict::NotProven;
  std::string reason;  ///< one clause
};

/// Index 1 to 12; 0 is unused.
using Checklist = std::array<Judgement, 13>;

const char* NameOf(Severity severity);  ///< error / warning / note
const char* NameOf(Baseline baseline);  ///< new / unchanged / (empty)
const char* NameOf(Verdict verdict);  ///< pass / fail / not-proven / needs-person / not-applicable

}  // namespace sandlint
