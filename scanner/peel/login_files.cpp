// /etc/profile, ~/.profile, ~/.bashrc and their like: bash 5.2, dash 0.5.12, zsh 5.9. They are not
// run: whatever stands anywhere in them counts.

#include "scanner/peel/login_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <utility>

#include "scanner/parse/shell.h"
#include "scanner/peel/peelers.h"

namespace sandlint {
namespace {

constexpr std::size_t kMaxFiles = 40;
constexpr int kMaxNesting = 60;

/// Texts of `eval` that only set colours and pagers, or put a system's folder into PATH.
constexpr auto kHarmlessEvals = std::to_array<std::string_view>(
    {"dircolors", "lesspipe", "lessfile", "brew shellenv", "ssh-agent"});

bool IsWordIn(std::string_view name, std::string_view text) {
  const auto part = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
  };
  for (std::size_t at = text.find(name); at != std::string_view::npos;
       at = text.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    if ((at == 0 || !part(text[at - 1])) && (end >= text.size() || !part(text[end]))) return true;
  }
  return false;
}

class Reading {
 public:
  Reading(const LoginFiles& files, std::string_view script, const Word& cause,
          const PeelContext& context)
      : files_(files), script_(script), cause_(cause), host_(*context.host) {
    home_ = host_.Caller().home;
  }

  bool ReadFile(const std::string& path) {
    if (read_.size() >= kMaxFiles || read_.contains(path)) return true;
    const auto text = host_.ReadText(path);
    if (!text) return false;
    read_.insert(path);
    const std::string outer = std::exchange(file_, path);
    const Source source{path, *text};
    const ShellScript script = ParseShell(source);
    if (!script.problems.empty()) Doubt("is not taken apart");
    for (const ShellNode& node : script.body.children) {
      // `case $- in *i*) ;; *) return;; esac`, `[ -z "$PS1" ] && return`
      if (!files_.interactive && LeavesUnlessInteractive(node)) break;
      Walk(node, 0);
    }
    file_ = outer;
    return true;
  }

  SessionNames Take() {
    SessionNames names;
    names.doubts = std::move(doubts_);
    for (auto folder = folders_.rbegin(); folder != folders_.rend(); ++folder) {
      names.path += *folder + ":";
    }
    if (!names.path.empty()) names.path += "$PATH";
    return names;
  }

 private:
  bool OfSystem() const { return file_.starts_with("/etc/"); }

  void Doubt(const std::string& what) {
    if (doubts_.size() < 8) {
      doubts_.push_back({Support::Unknown, cause_, Facet::All,
                         fmt::format("{}, which this shell reads first, {}", file_, what)});
    }
  }

  static bool LeavesUnlessInteractive(const ShellNode& node) {
    const std::string_view own = node.span.Text();
    const bool asks =
        own.find("$-") != std::string_view::npos || own.find("PS1") != std::string_view::npos;
    return asks && own.find("return") != std::string_view::npos && own.size() < 200;
  }

  void Name(const std::string& name, const char* kind) {
    Word word;
    word.text = name;
    if (IsKnownTool(word) || IsWordIn(name, script_))
      Doubt(fmt::format("defines the {} {}", kind, name));
  }

  /// `$HOME/bin:$PATH`, `"${HOME}/x"`, `~/bin`.
  std::string Expanded(std::string text) const {
    std::erase_if(text, [](char c) { return c == '"' || c == '\''; });
    for (const std::string_view home : {"${HOME}", "$HOME"}) {
      for (std::size_t at = text.find(home); at != std::string::npos; at = text.find(home)) {
        text.replace(at, home.size(), home_);
      }
    }
    if (text.starts_with("~/")) text.replace(0, 1, home_);
    return text;
  }

  void Path(const std::string& raw) {
    const std::string value = Expanded(raw);
    for (std::size_t at = 0; at <= value.size();) {
      const std::size_t end = std::min(value.find(':', at), value.size());
      std::string folder = value.substr(at, end - at);
      at = end + 1;
      if (folder.starts_with("~/")) folder.replace(0, 1, home_);
      if (folder.find("PATH") != std::string::npos || folder == "+" || folder == "}") continue;
      if (folder.find_first_of("$`") == std::string::npos) {
        folders_.push_back(folder);
      } else if (!OfSystem()) {
        Doubt("puts a folder into PATH that is not known");
      }
    }
  }

  void Assignments(const ShellNode& node) {
    for (const ShellAssignment& one : node.assignments) {
      if (one.name == "PATH") Path(one.value.raw);
      if (one.name == "EXECIGNORE" || one.name == "BASH_ENV") Doubt("sets " + one.name);
    }
  }

  void Command(const ShellNode& node) {
    if (node.words.empty()) return;
    const std::string& name = node.words.front().raw;
    const std::string& whole = node.words.size() > 1 ? node.words[1].raw : name;
    if (name == "alias" && files_.interactive) {
      for (std::size_t at = 1; at < node.words.size(); ++at) {
        Name(Expanded(node.words[at].raw.substr(0, node.words[at].raw.find('='))), "alias");
      }
    }
    if (name == "exec" && node.words.size() > 1) Doubt("starts another program instead");
    if (name == "eval" && !OfSystem()) {
      const bool harmless = std::ranges::any_of(kHarmlessEvals, [&](std::string_view text) {
        return whole.find(text) != std::string::npos;
      });
      if (!harmless) Doubt(fmt::format("evaluates {}", whole.substr(0, 40)));
    }
    if ((name == "." || name == "source") && node.words.size() > 1) Sourced(whole);
  }

  void Sourced(const std::string& raw) {
    const std::string file = Expanded(raw);
    if (file.find_first_of("$`*") == std::string::npos && file.starts_with('/')) {
      ReadFile(file);  // one that is not there does nothing
    } else if (!OfSystem()) {
      Doubt(fmt::format("reads {}", raw.substr(0, 40)));
    }
  }

  void Walk(const ShellNode& node, int depth) {
    if (depth > kMaxNesting) return Doubt("nests too deeply");
    if (node.kind == ShellKind::Function) Name(node.name, "function");
    Assignments(node);
    if (node.kind == ShellKind::Simple) Command(node);
    for (const ShellNode& child : node.children) Walk(child, depth + 1);
    for (const ShellArm& arm : node.arms) {
      for (const ShellNode& inner : arm.condition) Walk(inner, depth + 1);
      for (const ShellNode& inner : arm.body) Walk(inner, depth + 1);
    }
  }

  const LoginFiles& files_;
  std::string_view script_;
  const Word& cause_;
  const HostFacts& host_;
  std::string home_;
  std::string file_;
  std::set<std::string> read_;
  std::vector<std::string> folders_;
  std::vector<Note> doubts_;
};

void ReadOfLogin(Reading& reading, const LoginFiles& files, const HostFacts& host) {
  const std::string home = host.Caller().home;
  reading.ReadFile("/etc/profile");
  for (const std::string& name : host.List("/etc/profile.d")) {
    if (name.ends_with(".sh")) reading.ReadFile("/etc/profile.d/" + name);
  }
  if (files.shell == "bash") {
    for (const char* name : {"/.bash_profile", "/.bash_login", "/.profile"}) {
      if (reading.ReadFile(home + name)) return;
    }
    return;
  }
  // `sh` may be bash, which reads the same one.
  reading.ReadFile(home + "/.profile");
}

}  // namespace

SessionNames ReadLoginFiles(const LoginFiles& files, std::string_view script, const Word& cause,
                            const PeelContext& context) {
  const HostFacts* host = context.host;
  const bool zsh = files.shell == "zsh";
  const bool reads = (files.login && files.profile) || (files.interactive && files.rc) || zsh;
  if (!reads || host == nullptr || host->Symbolic() || !context.sandbox.empty()) return {};
  Reading reading(files, script, cause, context);
  const std::string home = host->Caller().home;
  if (zsh) {
    for (const char* name : {"/etc/zsh/zshenv", "/etc/zshenv"}) reading.ReadFile(name);
    reading.ReadFile(home + "/.zshenv");
    if (files.login) reading.ReadFile(home + "/.zprofile");
    if (files.interactive) reading.ReadFile(home + "/.zshrc");
    if (files.login) reading.ReadFile(home + "/.zlogin");
    return reading.Take();
  }
  if (files.login && files.profile) ReadOfLogin(reading, files, *host);
  if (files.interactive && !files.login && files.rc && files.shell == "bash") {
    reading.ReadFile("/etc/bash.bashrc");
    reading.ReadFile(home + "/.bashrc");
  }
  return reading.Take();
}

}  // namespace sandlint
