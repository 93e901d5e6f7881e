// The Seatbelt profile that srt writes on macOS (read at 0.0.78), as far as paths, sockets and mach
// services go. Patterns are matched by the kernel there, whenever a file appears.

#include "scanner/grant/srt_mac.h"

#include <fmt/format.h>

#include <array>
#include <set>

#include "scanner/grant/sbpl.h"
#include "scanner/grant/srt_paths.h"
#include "scanner/grant/srt_pattern.h"

namespace sandlint {
namespace {

constexpr std::string_view kFixed = R"((version 1)
(deny default)
(allow process-exec)
(allow process-fork)
(allow mach-lookup
  (global-name "com.apple.coreservices.launchservicesd")
  (global-name "com.apple.SecurityServer"))
(allow file-read-data file-write-data
  (require-all (literal "/dev/null") (vnode-type CHARACTER-DEVICE)))
)";

constexpr auto kFiles =
    std::to_array<std::string_view>({".gitconfig", ".gitmodules", ".bashrc", ".bash_profile",
                                     ".zshrc", ".zprofile", ".profile", ".ripgreprc", ".mcp.json"});
constexpr auto kFolders = std::to_array<std::string_view>(
    {".vscode", ".idea", ".claude/commands", ".claude/agents", ".git/hooks"});
constexpr auto kWrites =
    std::to_array<std::string_view>({"/dev/stdout", "/dev/stderr", "/dev/null", "/dev/tty",
                                     "/dev/dtracehelper", "/dev/autofs_nowait", "/tmp/claude",
                                     "/private/tmp/claude", "~/.npm/_logs", "~/.claude/debug"});

std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

class MacProfile {
 public:
  MacProfile(const SrtSettings& settings, const SrtPaths& paths)
      : settings_(settings), paths_(paths), text_(kFixed) {}

  std::string Run() {
    Services();
    Sockets();
    if (settings_.filesystem_disabled) {
      text_ += "(allow file-read*)(allow file-write*)\n";
      return std::move(text_);
    }
    text_ += "(allow file-read*)\n";
    Rule("deny", "file-read*", Filters(settings_.deny_read, true));
    Rule("allow", "file-read*", Filters(settings_.allow_read, false));
    Rule("deny", "file-read*", InsideAllowed());
    std::vector<std::string> writes = Filters(settings_.allow_write, false);
    for (const std::string_view path : kWrites) writes.push_back(Filter(path, false));
    Rule("allow", "file-write*", writes);
    std::vector<std::string> denies = Filters(settings_.deny_write, true);
    AddMandatory(denies);
    Rule("deny", "file-write*", denies);
    return std::move(text_);
  }

 private:
  std::string Filter(std::string_view entry, bool deny) const {
    const std::string text = WithoutTail(std::string(entry));
    if (!IsSrtGlob(text)) {
      return fmt::format("(subpath {})", Quoted(MacPath(paths_.Normal(text))));
    }
    return GlobFilter(MacPath(paths_.NormalPattern(text)), deny);
  }
  static std::string GlobFilter(const std::string& glob, bool deny) {
    return fmt::format("(regex {})", Quoted("^" + SrtPatternOf(glob) + (deny ? "(/.*)?$" : "$")));
  }

  std::vector<std::string> Filters(const std::vector<Word>& entries, bool deny) const {
    std::vector<std::string> filters;
    for (const Word& entry : entries) filters.push_back(Filter(entry.text, deny));
    return filters;
  }

  /// A denied place inside of an allowed one stays denied.
  std::vector<std::string> InsideAllowed() const {
    std::vector<std::string> filters;
    for (const Word& deny : settings_.deny_read) {
      const std::string place = paths_.Normal(WithoutTail(deny.text));
      for (const Word& allow : settings_.allow_read) {
        const std::string around = paths_.Normal(WithoutTail(allow.text));
        if (IsSrtGlob(deny.text) || !IsStrictlyBelow(place, around)) continue;
        filters.push_back(Filter(deny.text, true));
      }
    }
    return filters;
  }

  void AddMandatory(std::vector<std::string>& denies) const {
    const std::string cwd = MacPath(paths_.cwd());
    const auto add = [&](std::string_view name, std::string_view tail) {
      denies.push_back(fmt::format("(subpath {})", Quoted(JoinPath(cwd, name))));
      denies.push_back(GlobFilter(fmt::format("{}/**/{}{}", cwd, name, tail), true));
    };
    for (const std::string_view name : kFiles) add(name, "");
    for (const std::string_view name : kFolders) add(name, "/**");
    if (!settings_.allow_git_config) add(".git/config", "");
  }

  void Rule(std::string_view action, std::string_view operation,
            const std::vector<std::string>& filters) {
    if (filters.empty()) return;
    text_ += fmt::format("({} {}", action, operation);
    for (const std::string& filter : filters) text_ += "\n  " + filter;
    text_ += ")\n";
  }

  void Services() {
    for (const Word& name : settings_.mach_services) {
      const bool prefix = name.text.ends_with('*');
      const std::string text = name.text.substr(0, name.text.size() - (prefix ? 1 : 0));
      if (prefix && text.empty()) {
        text_ += "(allow mach-lookup)\n";
      } else {
        text_ += fmt::format("(allow mach-lookup (global-name{} {}))\n", prefix ? "-prefix" : "",
                             Quoted(text));
      }
    }
    if (settings_.apple_events) {
      text_ += "(allow mach-lookup (global-name \"com.apple.coreservices.appleevents\"))\n";
    }
  }

  void Sockets() {
    if (settings_.all_unix_sockets) {
      text_ += "(allow network-outbound (remote unix-socket))\n";
      return;
    }
    for (const Word& socket : settings_.unix_sockets) {
      text_ += fmt::format("(allow network-outbound (remote unix-socket (subpath {})))\n",
                           Quoted(MacPath(paths_.Normal(socket.text))));
    }
  }

  const SrtSettings& settings_;
  const SrtPaths& paths_;
  std::string text_;
};

}  // namespace

ViewStep MakeSrtMacStep(const SrtSettings& settings, const Word& cause,
                        std::shared_ptr<const View> outside, const ViewContext& context,
                        std::string home) {
  const SrtPaths paths(*outside, context.working_directory, std::move(home));
  Profile profile;
  profile.text.text = MacProfile(settings, paths).Run();
  profile.named_by = cause;
  Layer layer;
  layer.program = cause;
  layer.profile = std::move(profile);
  return MakeSbplStep(layer, std::move(outside), context);
}

}  // namespace sandlint
