// A launch is put together again from its layers: what a wrapper script would have expanded is
// expanded there, and what cannot be said for certain is refused.

#include "cli/probe_launch.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "cli/probe_place.h"
#include "cli/probe_variables.h"

namespace sandlint {
namespace {

namespace fs = std::filesystem;

std::string DirectoryOf(const ProbeFacts& facts) {
  const Word& word = facts.decl->working_directory;
  return word.text.starts_with('/') ? word.text : facts.host->WorkingDirectory();
}

class Builder {
 public:
  Builder(const Launch& launch, const ProbeFacts& facts)
      : launch_(launch), facts_(facts), variables_(facts.environment, DirectoryOf(facts)) {}

  ProbeLaunch Run() {
    place_ = facts_.probe;
    if (OtherUser()) PlaceForAll();
    for (at_ = 0; at_ < launch_.layers.size() && result_.refused.empty(); ++at_) {
      const Layer& layer = launch_.layers[at_];
      if (IsProgram(layer)) break;
      if (layer.kind == LayerKind::Shell) variables_.StartShell();
      Add(layer);
      variables_.Enter(layer);
    }
    CheckRest();
    if (result_.tool.empty()) Refuse("nothing is around it that could be probed: no sandbox");
    Finish();
    return std::move(result_);
  }

 private:
  void Refuse(std::string why) {
    if (result_.refused.empty()) result_.refused = std::move(why);
  }

  /// The first layer that changes the user, or null.
  const Layer* OtherUser() const {
    const auto user = std::ranges::find_if(launch_.layers, [](const Layer& layer) {
      return layer.kind == LayerKind::User || layer.user;
    });
    return user == launch_.layers.end() ? nullptr : &*user;
  }

  /// Another user may not get to where sandlint is installed.
  void PlaceForAll() {
    const std::string folder = MakeTemp();
    if (folder.empty()) return;
    place_ = folder + "/probe";
    result_.copies.push_back(place_);
    std::error_code error;
    fs::permissions(folder, fs::perms(0755), error);
  }

  std::string MakeTemp() {
    std::string name = "/tmp/sandlint-probe-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) {
      Refuse("no temp directory can be made");
      return {};
    }
    result_.temp_directories.push_back(name);
    return name;
  }

  void Add(const Layer& layer) {
    if (!layer.start_problems.empty() && layer.start_problems[0].fatal == Answer::Yes) {
      Refuse(fmt::format("its {} does not start: {}", layer.tool, layer.start_problems[0].text));
    }
    if (layer.tool == "systemd-run") return Refuse("systemd-run starts it elsewhere");
    MakeTempDirectories(layer);
    switch (layer.kind) {
      case LayerKind::Transparent:
        // A script that is started by its name; what its first line starts comes next.
        return layer.tool == "script" ? void() : AddWords(layer);
      case LayerKind::Environment:
        return IsShebang(layer) ? AddEdits(layer) : AddWords(layer);
      case LayerKind::User:
        return AddWords(layer);
      case LayerKind::Shell:
        return AddEdits(layer);
      case LayerKind::Sandbox:
        return AddSandbox(layer);
      case LayerKind::Container:
        return AddContainer(layer);
      case LayerKind::Opaque:
      case LayerKind::Launcher:
      case LayerKind::Interpreter:
      case LayerKind::Program:
        return Refuse(fmt::format("what {} does is not understood", layer.program.text));
    }
  }

  /// Behind a program of a package nothing can be put in its place.
  void CheckRest() {
    for (std::size_t rest = at_; rest < launch_.layers.size(); ++rest) {
      const Layer& layer = launch_.layers[rest];
      const bool counts = layer.kind == LayerKind::Sandbox || layer.kind == LayerKind::Container ||
                          layer.kind == LayerKind::User || layer.kind == LayerKind::Opaque;
      if (!counts) continue;
      Refuse(fmt::format("inside of {} there is {}", launch_.layers[at_].program.text,
                         layer.program.text));
    }
  }

  /// What a script changes for the rest; its other commands are not run.
  void AddEdits(const Layer& layer) {
    std::vector<std::string> words;
    if (layer.waits != Answer::No) words.emplace_back("wait");
    for (const EnvEdit& edit : layer.environment) {
      if (edit.kind == EnvKind::Unset) {
        words.push_back("unset=" + edit.name.text);
      } else if (edit.kind == EnvKind::Set) {
        words.push_back(fmt::format("set={}={}", edit.name.text, TextOf(edit.value)));
      } else if (edit.kind == EnvKind::Reset && edit.keep.empty()) {
        words.emplace_back("clear");
      } else {
        Refuse("its script changes the environment in a way that cannot be repeated");
      }
    }
    if (layer.chdir) words.push_back("chdir=" + TextOf(*layer.chdir));
    if (layer.login_shell) Refuse("a login shell reads files that may change everything");
    if (!layer.handed.empty()) Refuse("its script opens or reads files for it");
    if (words.empty() || (words.size() == 1 && words[0] == "wait" && result_.argv.empty())) return;
    result_.argv.insert(result_.argv.end(), {place_, "run"});
    result_.argv.insert(result_.argv.end(), words.begin(), words.end());
    result_.argv.emplace_back("--");
  }

  void MakeTempDirectories(const Layer& layer) {
    for (const TempDirectory& temp : layer.temp_directories) {
      const std::string name = MakeTemp();
      if (name.empty()) return;
      variables_.Rename(temp.path.text, name);
      if (const Layer* user = OtherUser(); user != nullptr && user->user) {
        const auto account = facts_.host->UserByName(user->user->text);
        if (account && chown(name.c_str(), account->uid, account->gid) != 0) {
          Refuse("its temp directory cannot be given to its user");
        }
      }
    }
  }

  std::string TextOf(const Word& word) {
    std::string problem;
    std::string text = variables_.TextOf(word, problem);
    if (!problem.empty()) Refuse(std::move(problem));
    return text;
  }

  /// A string of commands in an option (`su -c`) would be run, and the server with it.
  bool HoldsRest(const Word& word) const {
    for (std::size_t rest = at_ + 1; rest < launch_.layers.size(); ++rest) {
      const Span& inner = launch_.layers[rest].program.span;
      if (inner && inner.source == word.span.source && inner.begin >= word.span.begin &&
          inner.end <= word.span.end) {
        return true;
      }
    }
    return false;
  }

  void AddWords(const Layer& layer) { AddWords(layer, layer.words.begin(), layer.words.end()); }
  void AddWords(const Layer& layer, std::vector<Word>::const_iterator begin,
                std::vector<Word>::const_iterator end) {
    for (auto word = begin; word != end; ++word) {
      if (HoldsRest(*word)) {
        return Refuse(fmt::format("{} is given what it starts as one text", layer.program.text));
      }
      result_.argv.push_back(TextOf(*word));
    }
  }

  void AddSandbox(const Layer& layer) {
    const std::size_t begin = result_.argv.size();
    result_.tool = layer.tool;
    if (layer.tool == "srt") return AddSrt(layer);
    AddWords(layer);
    if (layer.tool == "unshare" && !layer.joins) return;  // the files stay as they are
    if (result_.argv.size() > begin && result_.argv.back() == "--") result_.argv.pop_back();
    if (layer.tool == "bwrap") {
      AddBwrap(layer, begin);
    } else if (layer.tool == "firejail") {
      PlaceInView();
      result_.argv.emplace_back("--");
    } else {
      Refuse(fmt::format("{} cannot be probed yet", layer.tool));
    }
  }

  /// Its words are those of the command too.
  void AddSrt(const Layer& layer) {
    const Word& next = launch_.layers[at_ + 1].program;
    const auto command = std::ranges::find_if(layer.words, [&](const Word& word) {
      return word.span == next.span && word.argv_index == next.argv_index;
    });
    if (command == layer.words.end()) return Refuse("srt is given what it starts as one text");
    AddWords(layer, layer.words.begin(), command);
    if (result_.argv.back() != "--") result_.argv.emplace_back("--");
    PlaceInView();
  }

  void AddBwrap(const Layer& layer, std::size_t begin) {
    for (const char* word : {"--args", "--seccomp", "--add-seccomp-fd", "--file", "--bind-data",
                             "--ro-bind-data", "--userns", "--userns2", "--pidns", "--block-fd"}) {
      if (std::ranges::find(result_.argv.begin() + static_cast<std::ptrdiff_t>(begin),
                            result_.argv.end(), word) != result_.argv.end()) {
        return Refuse(fmt::format("{} reads from a descriptor that is not open here", word));
      }
    }
    const auto inside = PlaceInBwrap(layer, place_);
    if (!inside) return Refuse("there is no /bin/true for the probe to cover");
    result_.argv.insert(result_.argv.end(), {"--ro-bind", place_, *inside, "--"});
    place_ = *inside;
  }

  /// firejail and srt show the files of the host: the probe has to be where it can be run inside.
  void PlaceInView() {
    const auto place = PlaceOfProbe(launch_, at_, place_, *facts_.host, facts_.decl);
    if (!place) {
      return Refuse(fmt::format("no place is known in which the probe could be run inside of {}",
                                result_.tool));
    }
    if (*place != place_) result_.copies.push_back(*place);
    place_ = *place;
  }

  void AddContainer(const Layer& layer) {
    result_.tool = layer.tool;
    const ContainerRun& run = *layer.container;
    if (layer.joins || run.detach || !run.image || run.image.text.empty() || run.service) {
      return Refuse("it is no `run` of an image in the foreground");
    }
    const auto image = std::ranges::find_if(layer.words, [&](const Word& word) {
      return word.text == run.image.text && word.argv_index == run.image.argv_index;
    });
    if (image == layer.words.end()) return Refuse("where its image is named is not known");
    result_.check = result_.argv;
    result_.check.insert(result_.check.end(),
                         {TextOf(layer.program), "image", "inspect", TextOf(run.image)});
    AddWords(layer, layer.words.begin(), image);
    for (const std::string& word :
         {std::string("--pull=never"), fmt::format("--volume={}:{}:ro", place_, kProbeInside),
          std::string("--entrypoint=") + kProbeInside, TextOf(run.image)}) {
      result_.argv.push_back(word);
    }
    place_ = kProbeInside;
    entry_ = result_.argv.size();
  }

  /// The probe at the end. In a container it is the entry point already, unless something of the
  /// image stands before it.
  void Finish() {
    if (entry_ == result_.argv.size() && entry_ > 0) return;
    if (entry_ > 0) {
      result_.argv.insert(result_.argv.begin() + static_cast<std::ptrdiff_t>(entry_),
                          {"run", "--"});
    }
    result_.argv.push_back(place_);
  }

  const Launch& launch_;
  const ProbeFacts& facts_;
  ProbeVariables variables_;
  std::size_t at_ = 0;     ///< the layer that is added
  std::string place_;      ///< the probe, as the program that comes next finds it
  std::size_t entry_ = 0;  ///< in argv: what a container starts; 0: there is none
  ProbeLaunch result_;
};

}  // namespace

ProbeLaunch LaunchOfProbe(const Launch& launch, const ProbeFacts& facts) {
  return Builder(launch, facts).Run();
}

}  // namespace sandlint
