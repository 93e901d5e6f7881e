#include "rules/shortfall.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace sandlint {
namespace {

/// Where programs are looked for when the PATH is not known.
constexpr auto kUsualPath =
    std::to_array<std::string_view>({"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin",
                                     "/sbin", "/bin", "/snap/bin", "/opt/homebrew/bin"});
/// execvp of glibc without a PATH.
constexpr std::string_view kNoPath = "/bin:/usr/bin";

std::vector<std::string> Split(std::string_view path) {
  std::vector<std::string> folders;
  while (true) {
    const std::size_t colon = path.find(':');
    if (colon != 0 && !path.empty()) folders.emplace_back(path.substr(0, colon));
    if (colon == path.npos) return folders;
    path.remove_prefix(colon + 1);
  }
}

/// The folders of the PATH inside; relative ones are left out.
std::vector<std::string> SearchPath(const Launch& launch) {
  const Variable path = launch.grant.environment.own.Find("PATH");
  std::vector<std::string> folders;
  if (path.presence == Presence::Absent) {
    folders = Split(kNoPath);
  } else if (path.presence == Presence::Set && path.value.Known() && path.value) {
    folders = Split(path.value.text);
  } else {
    folders.assign(kUsualPath.begin(), kUsualPath.end());
    for (const std::string& home : launch.grant.homes) {
      for (const char* below : {"/.local/bin", "/bin", "/.nvm", "/.volta", "/.bun", "/.deno"}) {
        folders.push_back(home + below);
      }
    }
  }
  return folders;
}

bool MayBeAFile(const Launch& launch, const std::string& path) { return !IsHidden(launch, path); }

/// The first place on the PATH that may have `name`.
std::string Find(const Launch& launch, const std::string& name) {
  for (const std::string& folder : SearchPath(launch)) {
    if (folder.starts_with('/') && MayBeAFile(launch, folder + '/' + name)) {
      return folder + '/' + name;
    }
  }
  return {};
}

struct Shebang {
  std::string interpreter;
  std::string name;  ///< for env: what it looks for on the PATH
};

/// The `#!` line of a script of the host; nothing where it is none or cannot be read.
std::optional<Shebang> ShebangOf(const HostFacts& host, const std::string& path) {
  const auto text = host.ReadText(path);
  if (!text || !text->starts_with("#!")) return std::nullopt;
  const std::string line = text->substr(2, std::min(text->find('\n'), std::size_t{256}) - 2);
  const std::size_t begin = line.find_first_not_of(" \t");
  if (begin == line.npos || line[begin] != '/') return std::nullopt;
  const std::size_t end = std::min(line.find_first_of(" \t\r", begin), line.size());
  Shebang shebang{line.substr(begin, end - begin), {}};
  const std::size_t next = line.find_first_not_of(" \t\r", end);
  if (BaseName(shebang.interpreter) == "env" && next != line.npos && line[next] != '-') {
    shebang.name = line.substr(next, line.find_first_of(" \t\r", next) - next);
  }
  return shebang;
}

void AddCommand(std::vector<StartFile>& files, const Launch& launch, const HostFacts& host,
                const StartFile& file) {
  files.push_back(file);
  const bool named = file.path.find('/') == file.path.npos;
  const std::string path = named ? Find(launch, file.path) : file.path;
  const auto shebang = path.empty() ? std::nullopt : ShebangOf(host, path);
  if (!shebang) return;
  files.push_back({shebang->interpreter, fmt::format("the interpreter of {}", path), file.word});
  if (!shebang->name.empty()) {
    files.push_back({shebang->name, fmt::format("the interpreter of {}", path), file.word});
  }
}

/// Where npm is told to find what is installed already.
std::optional<StartFile> PrefixOf(const Layer& launcher) {
  const auto& words = launcher.words;
  const auto option = std::ranges::find(words, "--prefix", &Word::text);
  if (option == words.end() || option + 1 == words.end()) return std::nullopt;
  const Word& folder = *(option + 1);
  if (!folder.Known() || !folder.text.starts_with('/')) return std::nullopt;
  return StartFile{folder.text + "/node_modules", "where its package is installed", folder, true};
}

/// firejail starts a command through a shell, `$SHELL` or else the first of a list that the machine
/// has, and it is bash nearly everywhere (observed with 0.9.72).
std::optional<StartFile> ShellOf(const Layer& sandbox, const Launch& launch) {
  if (sandbox.tool != "firejail") return std::nullopt;
  for (const auto& directive : sandbox.directives) {
    if (directive->keyword.text == "shell") return std::nullopt;
  }
  StartFile file{"/bin/bash", "the shell through which firejail starts it", sandbox.program};
  const Variable shell = launch.grant.environment.own.Find("SHELL");
  if (shell.presence == Presence::Absent) return file;
  if (shell.presence != Presence::Set || !shell.value.Known()) return std::nullopt;
  file.path = shell.value.text;
  return file;
}

/// Does a line take the right to run programs from there? Other reasons are those of the file.
bool IsNoExec(const Launch& launch, const std::string& path) {
  const PathAnswer answer = launch.grant.paths->Inside(path);
  return answer.Has(Right::Exec) == Answer::No &&
         std::ranges::any_of(answer.because, [](const Evidence& evidence) {
           return evidence.text.starts_with("noexec");
         });
}

/// firejail: the line that hides it, undone; nothing where none of these does.
std::string Undone(const PathAnswer& answer, std::string_view path) {
  for (const Evidence& evidence : answer.because) {
    const std::string_view text = evidence.text;
    if (text.find("blacklist") != text.npos) return fmt::format("noblacklist {}", path);
    if (text.find("private-bin") != text.npos) {
      return fmt::format("{} in its private-bin", BaseName(path));
    }
    if (text.find("private-etc") != text.npos && path.starts_with("/etc/")) {
      return fmt::format("{} in its private-etc", path.substr(5));
    }
  }
  return fmt::format("whitelist {}", path);
}

}  // namespace

const Layer* InnermostSandbox(const Launch& launch) {
  const auto found =
      std::find_if(launch.layers.rbegin(), launch.layers.rend(), [](const Layer& layer) {
        return layer.kind == LayerKind::Sandbox || layer.kind == LayerKind::Container;
      });
  return found == launch.layers.rend() ? nullptr : &*found;
}

bool IsHidden(const Launch& launch, std::string_view path, Right right) {
  return launch.grant.paths->Inside(path).Has(right) == Answer::No;
}

std::vector<StartFile> StartFiles(const Launch& launch, const HostFacts& host) {
  std::vector<StartFile> files;
  const Layer* sandbox = InnermostSandbox(launch);
  if (sandbox == nullptr) return files;
  if (auto shell = ShellOf(*sandbox, launch)) files.push_back(*shell);
  const Layer* before = sandbox;
  for (const Layer* layer = sandbox + 1; layer != launch.layers.data() + launch.layers.size();
       before = layer++) {
    const Word& word = layer->program;
    if (layer->kind == LayerKind::Opaque || !word.Known() || word.text.empty()) break;
    if (before->kind == LayerKind::Launcher) {  // a package, not a file
      if (auto folder = PrefixOf(*before)) files.push_back(*folder);
      break;
    }
    if (before->kind == LayerKind::Interpreter) {
      if (word.text.starts_with('/')) files.push_back({word.text, "its script", word});
    } else if (word.text.starts_with('/') || word.text.find('/') == std::string::npos) {
      AddCommand(files, launch, host, {word.text, "its program", word, true});
    }
  }
  return files;
}

bool IsHidden(const Launch& launch, const StartFile& file) {
  if (file.path.starts_with('/')) {
    return IsHidden(launch, file.path) || (file.runs && IsNoExec(launch, file.path));
  }
  return Find(launch, file.path).empty();
}

std::string GrantOf(const Layer& sandbox, const PathAnswer& answer, std::string_view path,
                    bool write) {
  const std::string_view tool = sandbox.tool;
  if (tool == "bwrap") return fmt::format("{0} {1} {1}", write ? "--bind" : "--ro-bind", path);
  if (tool == "firejail") return Undone(answer, path);
  if (tool == "sandbox-exec") {
    return fmt::format("(allow file-read*{} (subpath \"{}\"))", write ? " file-write*" : "", path);
  }
  if (tool == "srt") return fmt::format("\"{}\" in {}", path, write ? "allowWrite" : "allowRead");
  if (sandbox.kind == LayerKind::Container) {
    return fmt::format("--mount=type=bind,source={0},target={0}{1}", path,
                       write ? "" : ",readonly");
  }
  return fmt::format("{} where {} shows files", path, tool);
}

bool RunsOn(const Launch& launch, std::initializer_list<std::string_view> programs) {
  return std::ranges::any_of(launch.layers, [&](const Layer& layer) {
    return std::ranges::find(programs, BaseName(layer.program.text)) != programs.end();
  });
}

}  // namespace sandlint
