// What the program sees under a Seatbelt profile: the file system as it is, each use of each path
// allowed or denied.

#include <algorithm>
#include <array>
#include <set>

#include "scanner/grant/sbpl.h"
#include "scanner/grant/view_makers.h"

namespace sandlint {
namespace {

constexpr std::size_t kMaxVisited = 20'000;

struct RightOperation {
  std::string_view operation;
  Right right;
};
/// What counts as each right; of several operations any one is enough.
constexpr auto kRightOperations = std::to_array<RightOperation>({
    {"file-read-data", Right::Read},
    {"file-write-create", Right::Write},
    {"file-write-data", Right::Write},
    {"file-write-unlink", Right::Write},
    {"process-exec", Right::Exec},
});
constexpr Rights kSocketRights = Rights(Right::Connect) | Right::Read | Right::Write;

/// What a profile says of one subject.
struct Said {
  Rights allowed;
  Rights possible;
  Because because;
};

void AddBecause(Because& because, const Because& more) {
  for (const Evidence& evidence : more) {
    const bool known = std::ranges::any_of(because, [&](const Evidence& one) {
      return one.span == evidence.span && one.text == evidence.text;
    });
    if (!known && because.size() < 8) because.push_back(evidence);
  }
}

class SbplView final : public View {
 public:
  SbplView(SbplProfile profile, std::shared_ptr<const View> outside, const Word& word)
      : profile_(std::move(profile)), outside_(std::move(outside)), word_(word) {
    doubts = outside_->doubts;
    CollectPaths();
  }

  std::optional<Object> Lstat(std::string_view path) const override {
    return outside_->Lstat(path);
  }
  std::vector<std::string> List(std::string_view directory) const override {
    return outside_->List(directory);
  }
  std::vector<std::string> MountsBelow(std::string_view directory) const override {
    return outside_->MountsBelow(directory);
  }
  std::vector<Alias> AliasesOf(std::string_view host_path) const override {
    return outside_->AliasesOf(host_path);
  }
  const Credentials& Caller() const override { return outside_->Caller(); }
  const HostFacts& Host() const override { return outside_->Host(); }

  PathAnswer Subtree(std::string_view path, bool host_only) const override {
    PathAnswer answer;
    std::size_t visited = 0;
    Walk(std::string(path), answer, visited);
    AskBelow(std::string(path), host_only, answer);
    const std::string mac = MacPath(path);
    for (const std::string& named : paths_) {
      if (named == mac || !IsBelow(named, mac)) continue;
      const auto object = outside_->Lstat(named);
      if (!object) continue;
      Take(Say(SbplSubject::Kind::Path, named, object->kind, object->certain), Permitted(*object),
           answer);
      AskBelow(named, host_only, answer);
    }
    answer.possible = answer.possible | answer.rights;
    if (!answer.rights.None()) answer.backing = Backing::Host;
    return answer;
  }

  PathAnswer OfHost(std::string_view host_path) const override {
    PathAnswer answer = View::OfHost(host_path);
    Explain(host_path, answer);
    return answer;
  }
  PathAnswer Inside(std::string_view path) const override {
    PathAnswer answer = View::Inside(path);
    Explain(path, answer);
    return answer;
  }
  /// The whole file system stays; it is cut by what is denied of a home.
  PathAnswer OfRoot() const override {
    PathAnswer answer = OfHost(Host().Caller().home);
    const SbplSubject anything{SbplSubject::Kind::Below, "/", {}, {}, Answer::No, 0};
    const bool read = DecideSbpl(profile_, "file-read-data", anything).allowed == Answer::Yes;
    const bool write = DecideSbpl(profile_, "file-write-data", anything).allowed == Answer::Yes;
    answer.backing = read && write ? Backing::Host : Backing::None;
    answer.alias = read && write ? "/" : "";
    return answer;
  }

 private:
  /// Every path that a rule names: where verdicts below a directory can change.
  void CollectPaths() {
    for (const auto& [operation, rules] : profile_.rules) {
      for (const SbplRule& rule : rules) {
        for (const SbplFilter& filter : rule.filters) Collect(filter);
      }
    }
  }
  void Collect(const SbplFilter& filter) {
    for (const SbplFilter& part : filter.parts) Collect(part);
    const bool path = filter.kind == SbplFilterKind::Literal ||
                      filter.kind == SbplFilterKind::Subpath ||
                      filter.kind == SbplFilterKind::Prefix;
    if (path && filter.text.starts_with('/')) paths_.insert(CleanPath(filter.text));
  }

  Said Say(SbplSubject::Kind kind, const std::string& path, NodeKind node, bool certain) const {
    SbplSubject subject;
    subject.kind = kind;
    subject.path = MacPath(path);
    if (certain) subject.node = node;
    Said said;
    if (certain && node == NodeKind::Socket) {
      // connect() to a socket asks for network-outbound alone.
      Ask("network-outbound", kSocketRights, subject, said);
      return said;
    }
    for (const RightOperation& row : kRightOperations) {
      Ask(row.operation, row.right, subject, said);
    }
    // What is not known could be a socket as well.
    if (!certain) Ask("network-outbound", Right::Connect, subject, said);
    return said;
  }

  void Ask(std::string_view operation, Rights rights, const SbplSubject& subject,
           Said& said) const {
    const SbplVerdict verdict = DecideSbpl(profile_, operation, subject);
    if (verdict.allowed == Answer::Yes) said.allowed = said.allowed | rights;
    if (verdict.allowed != Answer::No) said.possible = said.possible | rights;
    AddBecause(said.because, verdict.because);
  }

  /// What nothing is known of could be a program or a socket, whatever its name looks like.
  Rights Permitted(const Object& object) const {
    return object.certain ? RightsOf(object, Caller()) : kAllRights;
  }

  static void Take(const Said& said, Rights permitted, PathAnswer& answer,
                   Rights possible = Rights()) {
    answer.rights = answer.rights | (said.allowed & permitted);
    answer.possible = answer.possible | (said.possible & (permitted | possible));
    AddBecause(answer.because, said.because);
  }

  /// The known objects at and below a path, one by one.
  void Walk(const std::string& path, PathAnswer& answer, std::size_t& visited) const {
    const auto object = outside_->Lstat(path);
    if (!object || object->kind == NodeKind::Symlink) return;
    if (++visited > kMaxVisited) {
      answer.possible = kAllRights;
      return;
    }
    Take(Say(SbplSubject::Kind::Path, path, object->kind, object->certain), Permitted(*object),
         answer);
    if (object->kind != NodeKind::Directory || !MayTraverse(*object, Caller())) return;
    for (const std::string& name : outside_->List(path)) {
      Walk(JoinPath(path, name), answer, visited);
    }
  }

  /// What no rule names below a path, where there may be something that nobody listed.
  void AskBelow(const std::string& path, bool host_only, PathAnswer& answer) const {
    const auto object = outside_->Lstat(path);
    if (!object || !Host().Symbolic()) return;
    if (object->certain && object->kind != NodeKind::Directory) return;
    const Said said = Say(SbplSubject::Kind::Below, path, NodeKind::File, false);
    const PathAnswer outer = outside_->Subtree(path, host_only);
    Take(said, outer.rights, answer, outer.possible);
  }

  void Explain(std::string_view path, PathAnswer& answer) const {
    // No run of the real program stands behind this: never more than an ordinary certainty.
    answer.confidence = std::min(answer.confidence, Confidence::Medium);
    answer.assuming.emplace_back("the rules of sandbox-exec as others have observed them");
    const auto real = outside_->Realpath(path, nullptr);
    Because because = Subtree(real.value_or(std::string(path)), true).because;
    if (because.empty()) because.push_back(EvidenceOf(word_, "nothing else names this path"));
    because.insert(because.end(), answer.because.begin(), answer.because.end());
    answer.because = std::move(because);
  }

  SbplProfile profile_;
  std::shared_ptr<const View> outside_;
  Word word_;
  std::set<std::string> paths_;
};

/// Mach services through which a program acts outside of its sandbox, and the rest of them.
constexpr auto kServices = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"",
     "every service of launchd answers it: the keychain, the pasteboard, LaunchServices, which "
     "starts other programs outside of the sandbox"},
    {"com.apple.SecurityServer", "it can ask the keychain"},
    {"com.apple.coreservices.launchservicesd",
     "LaunchServices starts programs outside of the "
     "sandbox"},
    {"com.apple.coreservices.appleevents", "Apple events script other programs"},
});

void AddOpenings(const SbplProfile& profile, ViewStep& step) {
  for (const auto& [service, what] : kServices) {
    SbplSubject subject;
    subject.kind = SbplSubject::Kind::Other;
    subject.path = service;
    const SbplVerdict verdict = DecideSbpl(profile, "mach-lookup", subject);
    if (verdict.allowed != Answer::Yes || verdict.because.empty()) continue;
    Evidence opening = verdict.because.front();
    opening.note = what;
    step.openings.push_back(std::move(opening));
    return;
  }
}

}  // namespace

std::shared_ptr<const View> MakeSbplView(SbplProfile profile, std::shared_ptr<const View> outside,
                                         const Word& word) {
  return std::make_shared<SbplView>(std::move(profile), std::move(outside), word);
}

ViewStep MakeSbplStep(const Layer& layer, std::shared_ptr<const View> outside,
                      const ViewContext& context) {
  ViewStep step;
  if (!layer.profile) {
    step.view = std::move(outside);
    return step;
  }
  SbplProfile profile = CompileSbpl(*layer.profile, context.host.Caller().home);
  step.problems = profile.problems;
  step.notes = profile.notes;
  step.no_effect = profile.no_effect;
  AddOpenings(profile, step);
  step.view = MakeSbplView(std::move(profile), std::move(outside), layer.profile->named_by);
  return step;
}

}  // namespace sandlint
