#include "cli/probe_questions.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>

#include "rules/facts.h"
#include "rules/observed.h"
#include "rules/secret_paths.h"

namespace sandlint {
namespace {

namespace fs = std::filesystem;
using Kind = ProbeQuestion::Kind;

constexpr std::size_t kMostObjects = 40;  // of one secret place

std::string FactOf(const std::string& path, const HostFacts& host) {
  const auto node = host.Lstat(path);
  if (!node) return path + " is not there";
  static constexpr const char* kKinds[] = {"directory", "file",        "link",
                                           "socket",    "char device", "other"};
  return fmt::format("{}: {}, mode {:o}, owner {}:{}", path,
                     kKinds[static_cast<std::size_t>(node->kind)], node->mode, node->uid,
                     node->gid);
}

/// `path` and some of what lies below it, nearest first.
std::vector<std::string> ObjectsAt(const std::string& path) {
  std::vector<std::string> found{path};
  for (std::size_t at = 0; at < found.size() && found.size() < kMostObjects; ++at) {
    std::error_code error;
    const fs::path folder = found[at];
    if (!fs::is_directory(folder, error) || (at > 0 && fs::is_symlink(folder, error))) continue;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
      if (found.size() >= kMostObjects) break;
      found.push_back(entry->path().string());
    }
  }
  return found;
}

class Asker {
 public:
  Asker(const Server& server, const Launch& launch, const HostFacts& host)
      : server_(server), launch_(launch), host_(host), places_(PlacesOfServer(server, host)) {}

  /// One question a right about a host object and what lies below it.
  void AskPath(const std::string& path, std::string_view name,
               std::initializer_list<Right> rights) {
    struct stat status {};
    if (stat(path.c_str(), &status) != 0) return;
    const PathAnswer answer = launch_.grant.paths->OfHost(path);
    ProbeQuestion question;
    question.because = answer.because;
    question.fact = FactOf(path, host_);
    for (const std::string& object : ObjectsAt(path)) {
      if (stat(object.c_str(), &status) != 0) continue;
      question.objects.emplace_back(status.st_dev, status.st_ino);
      question.inside.push_back(object);
      if (!answer.alias.empty() && answer.alias != path && answer.alias.starts_with('/')) {
        question.inside.push_back(answer.alias + object.substr(path.size()));
      }
    }
    for (const Right right : rights) {
      question.text = fmt::format("{} {}", NameOf(right), name);
      question.right = right;
      question.predicted = answer.Has(right);
      questions_.push_back(question);
    }
  }

  void AskSecrets() {
    const std::string home = host_.Caller().home;
    for (const SecretPath& secret : SecretPaths()) {
      AskPath(UnderHome(home, secret.path), fmt::format("~/{}", secret.path),
              {Right::Read, Right::Write});
    }
  }

  void AskSockets() {
    for (const Delegate& delegate : launch_.grant.egress.delegated) {
      if (!delegate.path.starts_with('/')) continue;
      AskPath(delegate.path, fmt::format("{} ({})", delegate.path, delegate.kind),
              {Right::Connect});
    }
  }

  void AskVariables(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      const VariableAnswer answer = launch_.grant.environment.Ask(name);
      ProbeQuestion question;
      question.kind = Kind::Variable;
      question.text = "variable " + name;
      question.predicted = answer.answer;
      question.because = answer.because;
      question.inside = {name};
      questions_.push_back(std::move(question));
    }
  }

  /// By the route table alone: no packet is sent. A firewall is not asked in this way.
  void AskEgress() {
    const Egress& egress = launch_.grant.egress;
    ProbeQuestion question;
    question.kind = Kind::Route;
    question.text = "a way to other hosts";
    question.predicted = egress.mode == NetworkMode::None   ? Answer::No
                         : egress.mode == NetworkMode::Host ? Answer::Yes
                                                            : Answer::Unknown;
    question.because = egress.because;
    questions_.push_back(std::move(question));
  }

  void AskIdentity() {
    const Identity& identity = launch_.grant.identity;
    if (identity.inner_uid) {
      ProbeQuestion question;
      question.kind = Kind::User;
      question.text = fmt::format("runs as user {}", *identity.inner_uid);
      question.predicted = Answer::Yes;
      question.number = *identity.inner_uid;
      question.because = identity.user_because;
      questions_.push_back(std::move(question));
    }
    ProbeQuestion question;
    question.kind = Kind::NoNewPrivileges;
    question.text = "no new privileges";
    question.predicted = identity.no_new_privileges;
    question.because = identity.nnp_because;
    questions_.push_back(std::move(question));
  }

  void AskNeeds() {
    for (const NeededPath& needed : server_.need.paths) {
      for (const std::string& path : PlacesOfNeed(needed, server_, places_)) {
        AskInside(path, needed.write ? Right::Write : Right::Read);
      }
    }
    if (!places_.program.empty()) AskInside(places_.program, Right::Read);
  }

  /// What the server would find under its own name for a path.
  void AskInside(const std::string& path, Right right) {
    struct stat status {};
    if (stat(path.c_str(), &status) != 0) return;
    const PathAnswer answer = launch_.grant.paths->OfHost(path);
    ProbeQuestion question;
    question.text = fmt::format("needs to {} {}", NameOf(right), path);
    question.right = right;
    question.predicted = answer.Has(right);
    question.because = answer.because;
    question.fact = FactOf(path, host_);
    for (const std::string& object : ObjectsAt(path)) {
      if (stat(object.c_str(), &status) != 0) continue;
      question.inside.push_back(object);
      question.objects.emplace_back(status.st_dev, status.st_ino);
    }
    questions_.push_back(std::move(question));
  }

  std::vector<ProbeQuestion> Take() { return std::move(questions_); }

 private:
  const Server& server_;
  const Launch& launch_;
  const HostFacts& host_;
  ServerPlaces places_;
  std::vector<ProbeQuestion> questions_;
};

}  // namespace

std::vector<ProbeQuestion> QuestionsOf(const Server& server, const Launch& launch,
                                       const HostFacts& host, const std::string& canary,
                                       const std::vector<std::string>& variables) {
  Asker asker(server, launch, host);
  asker.AskSecrets();
  asker.AskSockets();
  asker.AskVariables(variables);
  asker.AskEgress();
  asker.AskPath(canary, "a file in the host's temp directory", {Right::Read, Right::Write});
  asker.AskIdentity();
  asker.AskNeeds();
  return asker.Take();
}

std::vector<std::string> ProbeWords(const std::vector<ProbeQuestion>& questions) {
  std::set<std::string> paths;
  for (const ProbeQuestion& question : questions) {
    if (question.kind == Kind::Path) paths.insert(question.inside.begin(), question.inside.end());
  }
  std::vector<std::string> words{"novalues", "roots"};
  words.insert(words.end(), paths.begin(), paths.end());
  return words;
}

bool Differs(const ProbeQuestion& question) {
  if (!question.real || question.predicted == Answer::Unknown) return false;
  return *question.real != (question.predicted == Answer::Yes);
}

}  // namespace sandlint
