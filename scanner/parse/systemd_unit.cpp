#include "scanner/parse/systemd_unit.h"

#include <algorithm>

namespace sandlint {
namespace {

constexpr std::size_t kMaxLines = 10'000;

std::string_view Trim(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

bool IsComment(std::string_view line) { return line.starts_with('#') || line.starts_with(';'); }

class UnitReader {
 public:
  explicit UnitReader(const Source& unit) : unit_(unit) {}

  std::vector<UnitLine> Run() {
    while (at_ < unit_.text.size() && lines_.size() < kMaxLines) Line();
    return std::move(lines_);
  }

 private:
  /// The next line without its end.
  std::string_view Take() {
    const std::size_t end = std::min(unit_.text.find('\n', at_), unit_.text.size());
    const std::string_view line = std::string_view(unit_.text).substr(at_, end - at_);
    at_ = end + 1;
    return line;
  }

  std::uint32_t OffsetOf(std::string_view part) const {
    return static_cast<std::uint32_t>(part.data() - unit_.text.data());
  }

  Word WordOf(std::string_view part) const {
    const std::uint32_t begin = OffsetOf(part);
    return {std::string(part),
            {&unit_, begin, begin + static_cast<std::uint32_t>(part.size())},
            {},
            -1};
  }

  void Line() {
    const std::string_view line = Trim(Take());
    if (line.empty() || IsComment(line)) return;
    if (line.starts_with('[') && line.ends_with(']')) {
      section_ = line.substr(1, line.size() - 2);
      return;
    }
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) return;
    std::string_view value = Trim(line.substr(equals + 1));
    UnitLine read{section_, WordOf(Trim(line.substr(0, equals))), WordOf(value)};
    while (read.value.text.ends_with('\\') && at_ < unit_.text.size()) {
      const std::string_view more = Trim(Take());
      if (IsComment(more)) continue;  // comments may stand between the parts
      read.value.text.back() = ' ';
      read.value.text += more;
      read.value.span.end = OffsetOf(more) + static_cast<std::uint32_t>(more.size());
    }
    lines_.push_back(std::move(read));
  }

  const Source& unit_;
  std::size_t at_ = 0;
  std::string_view section_;
  std::vector<UnitLine> lines_;
};

}  // namespace

std::vector<UnitLine> ParseSystemdUnit(const Source& unit) { return UnitReader(unit).Run(); }

}  // namespace sandlint
