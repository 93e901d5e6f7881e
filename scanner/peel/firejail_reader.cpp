#include "scanner/peel/firejail_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scanner/parse/bounds.h"
#include "scanner/peel/options.h"

namespace sandlint {
namespace {

constexpr int kMaxDepth = 16;                  // firejail's own limit of nested includes
constexpr std::size_t kMaxLines = 200'000;     // files that include each other grow without end
constexpr std::size_t kMaxIgnored = 64;        // firejail's own limit
constexpr std::string_view kLocal = ".local";  // files that may be missing

struct Condition {
  std::string_view name;
  bool (*holds)(const FirejailState& state);
};
constexpr auto kConditions = std::to_array<Condition>({
    {"HAS_APPIMAGE", [](const FirejailState&) { return false; }},
    {"HAS_NET", [](const FirejailState& state) { return state.has_net; }},
    {"HAS_NODBUS", [](const FirejailState& state) { return state.has_nodbus; }},
    {"HAS_NOSOUND", [](const FirejailState& state) { return state.has_nosound; }},
    {"HAS_PRIVATE", [](const FirejailState& state) { return state.has_private; }},
    {"HAS_X11", [](const FirejailState& state) { return state.has_x11; }},
    // As firejail.config ships them.
    {"BROWSER_DISABLE_U2F", [](const FirejailState&) { return true; }},
    {"BROWSER_ALLOW_DRM", [](const FirejailState&) { return false; }},
    {"ALLOW_TRAY", [](const FirejailState&) { return false; }},
});

}  // namespace

std::string FirejailReader::Expand(std::string_view path) const {
  const std::string& home = state_.home;
  if (path.starts_with("${HOME}")) return home + std::string(path.substr(7));
  if (path.starts_with("~")) return home + std::string(path.substr(1));
  if (path.starts_with("${CFG}")) return "/etc/firejail" + std::string(path.substr(6));
  return std::string(path);
}

void FirejailReader::Missing(const Word& word, const std::string& name, Answer missing) {
  state_.layer.missing_files.push_back({word, name, true, missing});
  if (missing == Answer::Yes) {
    state_.Fatal(word, fmt::format("firejail finds no profile {}: it stops", name));
  } else {
    state_.layer.notes.push_back({Support::Unknown, word, Facet::All,
                                  fmt::format("the profile {} cannot be read here", name)});
  }
}

void FirejailReader::Profile(const FoundProfile& found, const Word& word, const std::string& name) {
  if (found.file == nullptr) {
    Missing(word, name, found.missing);
    return;
  }
  Read(*found.file, 0);
}

void FirejailReader::Read(const ProfileFile& file, int depth) {
  for (const ProfileLine& line : file.lines) {
    if (stopped_) return;
    if (++read_ > kMaxLines) {
      if (read_ == kMaxLines + 1) {
        NotUnderstood(state_.layer, line.directive->keyword, bound::kProfiles);
      }
      return;
    }
    Line(line, depth);
  }
}

void FirejailReader::Line(const ProfileLine& line, int depth) {
  const Directive& directive = *line.directive;
  if (line.condition) {
    if (Holds(line)) Check(line.directive);
    return;
  }
  if (directive.keyword.text == "whitelist-ro" || directive.keyword.text == "quiet") {
    // Taken before `ignore` is asked, and without any check.
    if (directive.argument && directive.keyword.text == "whitelist-ro") {
      state_.layer.directives.push_back(line.directive);
      return;
    }
    if (!directive.argument && directive.keyword.text == "quiet") return;
  }
  if (directive.keyword.text == "include" && directive.argument && Include(directive, depth))
    return;
  Check(line.directive);
}

/// False when the line is ignored, so that it goes the way of every other line.
bool FirejailReader::Include(const Directive& line, int depth) {
  if (Ignored(line)) return false;
  if (depth >= kMaxDepth) {
    state_.Fatal(line.argument, "firejail stops at 16 nested includes");
    stopped_ = true;
    return true;
  }
  const std::string path = Expand(line.argument.text);
  const bool bare = path.find('/') == std::string::npos;
  FoundProfile found = bare ? finder_.Search(path) : finder_.Open(path);
  if (bare && found.file == nullptr && found.missing == Answer::Yes) found = finder_.Open(path);
  if (found.file != nullptr) {
    Read(*found.file, depth + 1);
  } else if (!path.ends_with(kLocal)) {
    Missing(line.argument, path, found.missing);
  } else if (found.missing == Answer::Unknown) {
    state_.layer.missing_files.push_back({line.argument, path, false, Answer::Unknown});
  }
  return true;
}

bool FirejailReader::Holds(const ProfileLine& line) {
  const std::string_view name = std::string_view(line.condition.text).substr(1);
  const auto row = std::ranges::find(kConditions, name, &Condition::name);
  if (row == kConditions.end() || line.no_colon || !line.directive->keyword) {
    state_.Fatal(line.condition, fmt::format("firejail knows no condition ?{}", name));
    return false;
  }
  if (!row->holds(state_)) return false;
  const std::string& keyword = line.directive->keyword.text;
  if (keyword.starts_with("quiet") || keyword.starts_with("include")) {
    state_.Fatal(line.directive->keyword, "quiet and include cannot stand behind a condition");
    return false;
  }
  return true;
}

/// `ignore net` takes `net none` away: whole words from the start of the line.
bool FirejailReader::Ignored(const Directive& line) const {
  const std::string& keyword = line.keyword.text;
  const std::string& argument = line.argument.text;
  return std::ranges::any_of(ignored_, [&](std::string_view ignored) {
    if (!ignored.starts_with(keyword)) return false;
    ignored.remove_prefix(keyword.size());
    if (ignored.empty()) return true;
    if (ignored.front() != ' ') return false;
    ignored.remove_prefix(1);
    return argument.starts_with(ignored) &&
           (argument.size() == ignored.size() || argument[ignored.size()] == ' ');
  });
}

void FirejailReader::Ignore(const Word& word) {
  if (ignored_.size() >= kMaxIgnored) {
    state_.Fatal(word, "firejail takes at most 64 ignore lines");
  } else {
    ignored_.push_back(word.text);
  }
}

void FirejailReader::Option(const std::shared_ptr<const Directive>& line) {
  state_.option = true;
  Check(line);
  state_.option = false;
}

void FirejailReader::Check(const std::shared_ptr<const Directive>& line) {
  const Directive& directive = *line;
  if (!ignored_.empty() && Ignored(directive)) return;
  if (directive.keyword.text == "ignore" && directive.argument) {
    Ignore(directive.argument);
    return;
  }
  const FirejailDirective* row = FindFirejailDirective(directive.keyword.text);
  const bool has_argument = static_cast<bool>(directive.argument);
  if (row == nullptr || (row->arg == DirectiveArg::None && has_argument) ||
      (row->arg == DirectiveArg::Required && !has_argument)) {
    Invalid(directive, row);
    return;
  }
  CheckArgument(*row, directive);
  if (row->support == Support::Unmodelled) {
    state_.layer.notes.push_back(
        {Support::Unmodelled, directive.keyword, Facet::None, std::string(row->why)});
  }
  if (row->apply != nullptr) row->apply(state_, directive);
  state_.layer.directives.push_back(line);
}

void FirejailReader::CheckArgument(const FirejailDirective& row, const Directive& line) {
  if (row.since != 0 || (row.name == "private-etc" && !line.argument)) {
    const int since = row.since != 0 ? row.since : 74;
    if (minor_ == 0 || minor_ < since) {
      state_.Fatal(line.keyword,
                   fmt::format("{} came with firejail 0.9.{}: older ones stop at it",
                               line.keyword.text, since),
                   minor_ == 0 ? Answer::Unknown : Answer::Yes);
    }
  }
  if (row.network && state_.option && !state_.Networking() && line.argument.text != "none") {
    state_.Fatal(
        line.keyword,
        fmt::format("--{} stops where firejail.config says `restricted-network yes`", row.name),
        state_.restricted);
  }
  if (!row.path) return;
  if (!line.argument.Known()) {
    AddNote(state_.layer, line.argument, Facet::Paths, "the path is not known here");
  } else if (auto why = RejectedPath(line.argument.text)) {
    state_.Fatal(line.argument, std::move(*why));
  }
}

void FirejailReader::Invalid(const Directive& line, const FirejailDirective* row) {
  if (!line.keyword.Known()) {
    NotUnderstood(state_.layer, line.keyword, "the directive is not known here");
    return;
  }
  state_.Fatal(line.keyword, row == nullptr
                                 ? fmt::format("firejail has no directive {}", line.keyword.text)
                             : row->arg == DirectiveArg::None
                                 ? fmt::format("{} takes no argument", line.keyword.text)
                                 : fmt::format("{} needs an argument", line.keyword.text));
  if (row == nullptr) NotUnderstood(state_.layer, line.keyword, "no such directive is known");
}

}  // namespace sandlint
