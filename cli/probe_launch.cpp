// A launch is put together again from its layers: what a wrapper script would have expanded is
// expanded there, and what cannot be said for certain is refused.

#include "cli/probe_launch.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>

#include "rules/observed.h"

namespace sandlint {
namespace {

namespace fs = std::filesystem;

constexpr const char* kInside = "/sandlint-probe";

class Builder {
 public:
  Builder(const Launch& launch, std::string probe, const HostFacts& host)
      : launch_(launch), probe_(std::move(probe)), host_(host) {}

  ProbeLaunch Run() {
    for (const Layer& layer : launch_.layers) {
      if (!Add(layer)) break;
    }
    if (result_.refused.empty() && result_.tool.empty()) {
      Refuse("nothing is around it that could be probed: it has no sandbox");
    }
    return std::move(result_);
  }

 private:
  void Refuse(std::string why) {
    if (result_.refused.empty()) result_.refused = std::move(why);
  }

  /// False where the wrapper ends.
  bool Add(const Layer& layer) {
    if (!layer.start_problems.empty()) {
      Refuse(fmt::format("its {} does not start: {}", layer.tool, layer.start_problems[0].text));
    }
    switch (layer.kind) {
      case LayerKind::Transparent:
      case LayerKind::Environment:
      case LayerKind::User:
        MakeTempDirectories(layer);
        AddWords(layer.words);
        return result_.refused.empty();
      case LayerKind::Shell:
        return AddShell(layer);
      case LayerKind::Sandbox:
        return AddSandbox(layer);
      case LayerKind::Container:
        return AddContainer(layer);
      case LayerKind::Opaque:
        Refuse(fmt::format("what {} does is not understood", layer.program.text));
        return false;
      case LayerKind::Launcher:
      case LayerKind::Interpreter:
      case LayerKind::Program:
        break;
    }
    return false;
  }

  /// What a script sets for the rest; its other commands are not run.
  bool AddShell(const Layer& layer) {
    MakeTempDirectories(layer);
    std::vector<std::string> words{"env"};
    for (const EnvEdit& edit : layer.environment) {
      if (edit.kind == EnvKind::Unset) {
        words.insert(words.end(), {"-u", edit.name.text});
      } else if (edit.kind == EnvKind::Set) {
        words.push_back(edit.name.text + "=" + TextOf(edit.value));
      } else if (edit.kind == EnvKind::Reset && edit.keep.empty()) {
        words.emplace_back("-i");
      } else {
        Refuse("its script changes the environment in a way that cannot be repeated");
      }
    }
    if (layer.chdir) Refuse("its script changes the directory");
    if (words.size() > 1) result_.argv.insert(result_.argv.end(), words.begin(), words.end());
    return result_.refused.empty();
  }

  void MakeTempDirectories(const Layer& layer) {
    for (const TempDirectory& temp : layer.temp_directories) {
      std::string name = "/tmp/sandlint-probe-XXXXXX";
      if (mkdtemp(name.data()) == nullptr) return Refuse("no temp directory can be made");
      result_.temp_directories.push_back(name);
      temps_.emplace_back(temp.path.text, name);
    }
  }

  /// The text of a word as a shell would make it here. Values that may be secret become `x`.
  std::string TextOf(const Word& word) {
    std::string text;
    std::size_t at = 0;
    for (const Hole& hole : word.holes) {
      if (hole.assumed || hole.begin < at) continue;
      text += word.text.substr(at, hole.begin - at);
      const char* value = std::getenv(hole.name.c_str());
      if (value == nullptr) Refuse(fmt::format("{} is not known here", hole.name));
      text += value != nullptr && value[0] == '/' ? value : "x";
      at = hole.end;
    }
    text += word.text.substr(std::min(at, word.text.size()));
    for (const auto& [assumed, real] : temps_) {
      for (std::size_t found = text.find(assumed); !assumed.empty() && found != text.npos;
           found = text.find(assumed, found + real.size())) {
        text.replace(found, assumed.size(), real);
      }
    }
    return text;
  }

  void AddWords(const std::vector<Word>& words) {
    for (const Word& word : words) result_.argv.push_back(TextOf(word));
  }

  bool AddSandbox(const Layer& layer) {
    MakeTempDirectories(layer);
    result_.tool = layer.tool;
    AddWords(layer.words);
    const bool dashes = !result_.argv.empty() && result_.argv.back() == "--";
    if (dashes) result_.argv.pop_back();
    if (layer.tool == "bwrap") {
      AddBwrap(layer);
    } else if (layer.tool == "firejail") {
      AddFirejail();
    } else {
      Refuse(fmt::format("{} cannot be probed yet", layer.tool));
    }
    CheckRest(layer);
    return false;
  }

  /// One sandbox at a time: a second one inside would stay outside of the probe.
  void CheckRest(const Layer& layer) {
    const auto* end = launch_.layers.data() + launch_.layers.size();
    for (const Layer* rest = &layer + 1; rest < end; ++rest) {
      const bool counts = rest->kind == LayerKind::Sandbox || rest->kind == LayerKind::Container ||
                          rest->kind == LayerKind::User || rest->kind == LayerKind::Opaque;
      if (counts) Refuse(fmt::format("inside of {} there is {}", layer.tool, rest->program.text));
    }
  }

  void AddBwrap(const Layer& layer) {
    const bool whole = std::ranges::any_of(layer.mounts, [](const Mount& mount) {
      return mount.kind == MountKind::Bind && mount.target.text == "/";
    });
    std::string inside = kInside;
    if (whole) {
      // The root is that of the host: the probe covers a program that is there, and nothing is
      // made.
      std::error_code error;
      inside = fs::canonical("/bin/true", error).string();
      if (error) return Refuse("there is no /bin/true for the probe to cover");
    }
    for (const char* word : {"--args", "--seccomp", "--file", "--bind-data", "--ro-bind-data"}) {
      if (std::ranges::find(result_.argv, word) != result_.argv.end()) {
        return Refuse(fmt::format("{} reads from a descriptor that is not open here", word));
      }
    }
    for (const std::string& word : {std::string("--ro-bind"), probe_, inside, std::string("--")}) {
      result_.argv.push_back(word);
    }
    result_.argv.push_back(inside);
  }

  /// firejail shows the files of the host: the probe is copied to where it can be run inside.
  void AddFirejail() {
    if (IsRunnable(probe_)) {
      result_.argv.insert(result_.argv.end(), {"--", probe_});
      return;
    }
    Server server;
    server.launches.push_back(launch_);
    const ServerPlaces places = PlacesOfServer(server, host_);
    std::vector<std::string> folders = places.arguments;
    folders.push_back(places.project);
    folders.push_back(fs::path(places.program).parent_path().string());
    for (const std::string& folder : folders) {
      std::error_code error;
      if (!fs::is_directory(folder, error) || !IsRunnable(folder)) continue;
      if (access(folder.c_str(), W_OK) != 0) continue;
      result_.copy = fmt::format("{}/.sandlint-probe-{}", folder, getpid());
      result_.argv.insert(result_.argv.end(), {"--", result_.copy});
      return;
    }
    Refuse("no place is known in which the probe could be run inside of firejail");
  }

  bool IsRunnable(const std::string& path) const {
    const PathAnswer answer = launch_.grant.paths->OfHost(path);
    return answer.backing == Backing::Host && answer.rights.Has(Right::Read) &&
           answer.rights.Has(Right::Exec) && (answer.alias.empty() || answer.alias == path);
  }

  bool AddContainer(const Layer& layer) {
    result_.tool = layer.tool;
    const ContainerRun& run = *layer.container;
    if (layer.joins || run.detach || !run.image || run.image.text.empty()) {
      Refuse("it is no `run` of an image in the foreground");
      return false;
    }
    const auto image = std::ranges::find_if(layer.words, [&](const Word& word) {
      return word.text == run.image.text && word.argv_index == run.image.argv_index;
    });
    if (image == layer.words.end()) {
      Refuse("where its image is named is not known");
      return false;
    }
    AddWords({layer.words.begin(), image});
    result_.check = {TextOf(layer.program), "image", "inspect", TextOf(run.image)};
    for (const std::string& word :
         {std::string("--pull=never"), "--volume=" + probe_ + ":" + kInside + ":ro",
          std::string("--entrypoint=") + kInside, TextOf(run.image)}) {
      result_.argv.push_back(word);
    }
    return false;
  }

  const Launch& launch_;
  std::string probe_;
  const HostFacts& host_;
  std::vector<std::pair<std::string, std::string>> temps_;  ///< assumed name -> real one
  ProbeLaunch result_;
};

}  // namespace

ProbeLaunch LaunchOfProbe(const Launch& launch, const std::string& probe, const HostFacts& host) {
  return Builder(launch, probe, host).Run();
}

}  // namespace sandlint
