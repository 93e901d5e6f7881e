#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "model/workspace.h"
#include "scanner/files/host.h"
#include "scanner/files/reader.h"
#include "scanner/grant/grant.h"
#include "scanner/peel/peel.h"

namespace sandlint {

/// One launch of a tree in memory, peeled and evaluated.
struct Evaluated {
  Workspace workspace;
  std::unique_ptr<FileReader> files;
  Launch launch;               ///< the first one
  std::vector<Launch> others;  ///< what the command line may start as well

  /// The worst of all launches.
  std::string Of(Right right, std::string_view path) const {
    std::string worst = NameOf(launch.grant.paths->OfHost(path).Has(right));
    for (const Launch& other : others) {
      const std::string answer = NameOf(other.grant.paths->OfHost(path).Has(right));
      if (answer == "yes" || worst == "no") worst = answer;
    }
    return worst;
  }
  std::string Read(std::string_view path) const { return Of(Right::Read, path); }
  std::string Write(std::string_view path) const { return Of(Right::Write, path); }
  std::string Connect(const std::string& protocol, const std::string& host,
                      std::uint32_t port) const {
    return NameOf(launch.grant.egress.Ask({protocol, host, port}).answer);
  }
  bool HasProblem(std::string_view part, Answer fatal = Answer::Yes) const {
    for (const StartProblem& problem : launch.start_problems) {
      if (problem.fatal == fatal && problem.text.find(part) != std::string::npos) return true;
    }
    return false;
  }
  bool HasNote(std::string_view part) const {
    for (const Note& note : launch.notes) {
      if (note.word.text.find(part) != std::string::npos ||
          note.why.find(part) != std::string::npos) {
        return true;
      }
    }
    return false;
  }
};

inline std::unique_ptr<Evaluated> Evaluate(
    const std::vector<std::string>& argv,
    std::map<std::string, std::string, std::less<>> files = {},
    std::shared_ptr<const HostFacts> host = nullptr, const std::string& home = "/home/user",
    const std::vector<Setting>* environment = nullptr) {
  auto result = std::make_unique<Evaluated>();
  SymbolicOptions options;
  options.home = home;
  result->workspace.host = host != nullptr ? std::move(host) : MakeSymbolicHost(options);
  result->files = MakeMemoryReader(std::move(files));
  std::string joined;
  for (const std::string& word : argv) joined += word + '\0';
  result->workspace.sources.push_back(std::make_unique<Source>(Source{"argv", joined, true}));
  const Source& source = *result->workspace.sources.back();
  std::vector<Word> words;
  for (std::uint32_t begin = 0; const std::string& text : argv) {
    const auto end = begin + static_cast<std::uint32_t>(text.size());
    words.push_back({text, {&source, begin, end}, {}, static_cast<int>(words.size())});
    begin = end + 1;
  }
  PeelContext context;
  context.host = result->workspace.host.get();
  context.files = result->files.get();
  context.workspace = &result->workspace;
  result->others = PeelLaunches(words, context);
  result->launch = std::move(result->others.front());
  result->others.erase(result->others.begin());
  ClientSide client{result->workspace.host.get(), environment, {}};
  EvaluateGrant(result->launch, nullptr, client);
  for (Launch& other : result->others) EvaluateGrant(other, nullptr, client);
  return result;
}

}  // namespace sandlint
