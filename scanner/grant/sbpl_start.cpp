// What a program of macOS needs before its first line runs (dyld, the shared cache, its own file),
// and what node and python ask for on top.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scanner/grant/sbpl.h"

namespace sandlint {
namespace {

struct StartNeed {
  std::string_view operation;
  std::string_view path;  ///< empty: the operation has no path
  Answer fatal;
  std::string_view text;
};
constexpr auto kNeeds = std::to_array<StartNeed>({
    {"file-read-data", "/usr/lib/dyld", Answer::Yes, "the loader in /usr/lib cannot be read"},
    {"file-read-data", "/System/Library/Frameworks/CoreFoundation.framework", Answer::Yes,
     "the libraries below /System cannot be read"},
    {"file-read-data", "/", Answer::Unknown, "/ itself cannot be read, which macOS 26 asks for"},
    {"sysctl-read", "", Answer::Unknown, "sysctl-read is denied, which node and others ask for"},
    {"file-read-data", "/dev/urandom", Answer::Unknown, "/dev/urandom cannot be read"},
});

/// Where a program that is named without its path is found.
constexpr auto kProgramFolders = std::to_array<std::string_view>(
    {"/bin", "/opt/homebrew/bin", "/usr/bin", "/usr/local/bin", "~/.local/bin", "~/.nvm/versions"});

SbplSubject PathSubject(const std::string& path) {
  SbplSubject subject;
  subject.path = MacPath(path);
  return subject;
}

class StartCheck {
 public:
  StartCheck(const SbplProfile& profile, const Launch& launch, std::string home)
      : profile_(profile), launch_(launch), home_(std::move(home)) {}

  std::vector<StartProblem> Run() {
    const Layer* layer = ProgramOf(launch_);
    if (layer == nullptr || layer->kind == LayerKind::Opaque || !layer->program.Known()) return {};
    CheckProgram(FirstBehind());
    for (const StartNeed& need : kNeeds) {
      const bool denied = need.path.empty()
                              ? Denied(need.operation, Nobody())
                              : Denied(need.operation, PathSubject(std::string(need.path)));
      if (denied) Add(FirstBehind().program, std::string(need.text), need.fatal);
    }
    for (const Layer& one : launch_.layers) {
      if (one.kind == LayerKind::Launcher && Denied("process-fork", Nobody())) {
        Add(one.program, "it starts other programs, and process-fork is denied", Answer::Yes);
      }
    }
    if (layer->program.text.starts_with('/')) CheckScript(*layer);
    return std::move(problems_);
  }

 private:
  /// The layer that sandbox-exec itself executes.
  const Layer& FirstBehind() const {
    for (std::size_t at = 0; at + 1 < launch_.layers.size(); ++at) {
      if (launch_.layers[at].tool == "sandbox-exec") return launch_.layers[at + 1];
    }
    return launch_.layers.back();
  }

  static SbplSubject Nobody() {
    SbplSubject subject;
    subject.kind = SbplSubject::Kind::Other;
    return subject;
  }

  bool Denied(std::string_view operation, const SbplSubject& subject) const {
    return DecideSbpl(profile_, operation, subject).allowed == Answer::No;
  }

  void CheckProgram(const Layer& layer) {
    const std::string& name = layer.program.text;
    std::vector<std::string> places{name};
    if (name.find('/') == std::string::npos) {
      places.clear();
      for (const std::string_view folder : kProgramFolders) {
        std::string place(folder);
        if (place.starts_with('~')) place.replace(0, 1, home_);
        places.push_back(JoinPath(place, name));
      }
    } else if (!name.starts_with('/')) {
      return;
    }
    for (const auto& [operation, what] :
         {std::pair{"process-exec", "executed"}, std::pair{"file-read-data", "read"}}) {
      const bool nowhere = std::ranges::all_of(
          places, [&](const std::string& place) { return Denied(operation, PathSubject(place)); });
      if (nowhere) {
        Add(layer.program, fmt::format("the program {} may not be {} anywhere", name, what),
            Answer::Yes);
      }
    }
  }

  void CheckScript(const Layer& layer) {
    if (layer.kind != LayerKind::Program || &layer == &FirstBehind()) return;
    if (Denied("file-read-data", PathSubject(layer.program.text))) {
      Add(layer.program, fmt::format("{} may not be read", layer.program.text), Answer::Yes);
    }
  }

  void Add(const Word& word, std::string text, Answer fatal) {
    problems_.push_back({word, "the profile stops it: " + std::move(text), fatal});
  }

  const SbplProfile& profile_;
  const Launch& launch_;
  std::string home_;
  std::vector<StartProblem> problems_;
};

}  // namespace

std::vector<StartProblem> SbplStartProblems(const SbplProfile& profile, const Launch& launch,
                                            const std::string& home) {
  return StartCheck(profile, launch, home).Run();
}

}  // namespace sandlint
