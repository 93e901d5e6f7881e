#include "scanner/grant/firejail_setup.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scanner/grant/capabilities.h"
#include "scanner/grant/view_makers.h"

namespace sandlint {
namespace {

struct RuleName {
  std::string_view keyword;
  FirejailRule rule;
};
constexpr auto kRules = std::to_array<RuleName>({
    {"bind", FirejailRule::Bind},
    {"blacklist", FirejailRule::Blacklist},
    {"blacklist-nolog", FirejailRule::Blacklist},
    {"noblacklist", FirejailRule::NoBlacklist},
    {"noexec", FirejailRule::NoExec},
    {"nowhitelist", FirejailRule::NoWhitelist},
    {"read-only", FirejailRule::ReadOnly},
    {"read-write", FirejailRule::ReadWrite},
    {"tmpfs", FirejailRule::Tmpfs},
    {"whitelist", FirejailRule::Whitelist},
});

HostUser UserOf(const View& outside) {
  const HostFacts& host = outside.Host();
  const HostUser caller = host.Caller();
  if (caller.uid == outside.Caller().uid) return caller;
  if (auto user = host.UserById(outside.Caller().uid)) return *user;
  return {"",
          outside.Caller().uid,
          outside.Caller().gid,
          outside.Caller().uid == 0 ? "/root" : "/nonexistent",
          {}};
}

}  // namespace

FirejailSetup::FirejailSetup(const Layer& layer, FirejailView& view, std::string working_directory)
    : layer_(layer),
      view_(view),
      tree_(view.tree),
      working_directory_(std::move(working_directory)),
      uid_(view.credentials.uid),
      gid_(view.credentials.gid) {
  home_ = CleanPath(UserOf(view.Outside()).home);
  run_user_ = fmt::format("/run/user/{}", uid_);
  // What is there outside is asked for the same paths by every profile.
  const HostFacts& host = view.Outside().Host();
  if (MakeHostView(host, view.Outside().Caller()).get() == &view.Outside()) {
    known_ = host.Kept<Known>(fmt::format("firejail-paths {} {}", uid_, gid_),
                              [] { return std::make_shared<Known>(); });
  } else {
    known_ = std::make_shared<Known>();
  }
}

const Directive* FirejailSetup::Last(std::string_view keyword) const {
  const auto found = last_.find(keyword);
  return found == last_.end() ? nullptr : found->second;
}

void FirejailSetup::Fatal(const Directive* by, std::string text, Answer fatal) {
  const Word& word = by == nullptr ? layer_.program : by->argument ? by->argument : by->keyword;
  problems.push_back({word, std::move(text), fatal});
}

Answer FirejailSetup::OlderStops() const {
  const auto version = view_.Host().ToolVersion("firejail");
  if (!version) return Answer::Unknown;
  return *version < "0.9.74" ? Answer::Yes : Answer::No;
}

Because FirejailSetup::BecauseOf(const Directive* by) const {
  if (by == nullptr) return {EvidenceOf(layer_.program, "what firejail always does")};
  Evidence evidence = EvidenceOf(by->keyword);
  if (by->argument) {
    evidence.text += ' ' + by->argument.text;
    if (by->argument.span.source == evidence.span.source) evidence.span.end = by->argument.span.end;
  }
  return {std::move(evidence)};
}

void FirejailSetup::CollectEntries() {
  for (const auto& pointer : layer_.directives) {
    const Directive& line = *pointer;
    const std::string& keyword = line.keyword.text;
    const auto row = std::ranges::lower_bound(kRules, keyword, {}, &RuleName::keyword);
    if (row != kRules.end() && row->keyword == keyword) {
      entries_.push_back({row->rule, line.argument.text, &line});
    } else if (keyword == "whitelist-ro") {
      entries_.push_back({FirejailRule::Whitelist, line.argument.text, &line});
      entries_.push_back({FirejailRule::ReadOnly, line.argument.text, &line});
    } else if (keyword == "mkdir" || keyword == "mkfile") {
      MakePath(line, keyword == "mkfile");
    } else {
      last_[keyword] = &line;
      if (keyword == "noprinters") {
        entries_.push_back({FirejailRule::Blacklist, "/dev/lp*", &line});
        entries_.push_back({FirejailRule::Blacklist, "/run/cups/cups.sock", &line});
      }
    }
  }
  AddOwnEntries();
}

/// What firejail adds behind the lines of the profiles.
void FirejailSetup::AddOwnEntries() {
  const auto add = [&](FirejailRule rule, const char* path, const Directive* by) {
    entries_.push_back({rule, path, by});
  };
  if (const Directive* line = Last("x11"); line != nullptr && line->argument.text == "none") {
    add(FirejailRule::Blacklist, "/tmp/.X11-unix", line);
    add(FirejailRule::Blacklist, "${HOME}/.Xauthority", line);
  }
  if (const Directive* line = Last("private-cache")) {
    add(FirejailRule::Tmpfs, "${HOME}/.cache", line);
  }
  if (const Directive* line = Last("private-tmp")) {
    add(FirejailRule::Whitelist, "/tmp/.X11-unix", line);
    add(FirejailRule::ReadOnly, "/tmp/.X11-unix", line);
    const auto sound = view_.Outside().Lstat("/tmp/sndio");
    if (sound && sound->certain) add(FirejailRule::Whitelist, "/tmp/sndio", line);
    for (const std::string& name : view_.Outside().List("/tmp")) {
      if (name.starts_with("pulse-")) {
        entries_.push_back({FirejailRule::Whitelist, "/tmp/" + name, line});
      }
    }
  }
  add(FirejailRule::Blacklist, "/sys/fs", nullptr);
  add(FirejailRule::Blacklist, "/sys/module", nullptr);
  if (const Directive* line = Last("disable-mnt")) {
    for (const char* path : {"/mnt", "/media", "/run/mount", "/run/media"}) {
      add(FirejailRule::Blacklist, path, line);
    }
  }
}

/// mkdir and mkfile act on the host while the profile is read.
void FirejailSetup::MakePath(const Directive& line, bool file) {
  const std::string path = CleanPath(Expand(line.argument.text));
  const bool allowed = IsBelow(path, home_) || IsBelow(path, "/tmp") || IsBelow(path, run_user_);
  if (!allowed) {
    Fatal(&line, fmt::format("firejail makes {} only in the home, /tmp and the user's /run",
                             line.argument.text));
    return;
  }
  std::vector<std::string> missing;
  for (std::string at = path; !tree_.Outside(at); at = at.substr(0, at.find_last_of('/'))) {
    missing.push_back(at);
    if (at.find_last_of('/') == 0) break;
  }
  for (const std::string& at : missing) {
    Object object;
    const bool leaf = at == path;
    object.kind = file && leaf ? NodeKind::File : NodeKind::Directory;
    object.mode = file && leaf ? 0600 : 0700;
    object.uid = uid_;
    object.gid = gid_;
    object.host = at;
    tree_.made.emplace(at, std::move(object));
  }
  if (!missing.empty()) own_.push_back(missing.back());
}

/// The working directory, then the home, must be left; firejail itself works below /run.
void FirejailSetup::CheckEnd() {
  const auto enters = [&](const std::string& path) {
    const auto real = view_.Realpath(path, &view_.credentials);
    const auto object = real ? view_.Lstat(*real) : std::nullopt;
    return object && object->kind == NodeKind::Directory && MayTraverse(*object, view_.credentials);
  };
  const auto home = view_.Realpath(home_, &view_.credentials);
  if (!enters(working_directory_) && home && !enters(home_)) {
    problems.push_back({layer_.program,
                        "firejail can enter neither the working directory nor the home",
                        Answer::Yes});
  }
  const FirejailSeat& run = tree_.At("/run/firejail/mnt").second;
  if (run.kind == FirejailSeat::Kind::Mask || run.read_only) {
    problems.push_back(
        {layer_.program, "firejail cannot work without its folder in /run", Answer::Yes});
  }
}

void FirejailSetup::Run() {
  FirejailSeat root;
  root.source = "/";
  root.because = BecauseOf(nullptr);
  tree_.seats.emplace("/", std::move(root));
  CollectEntries();
  Base();
  PrivateHome();
  PrivateDevices();
  PrivateFolder("private-opt", "/opt");
  PrivateFolder("private-srv", "/srv");
  PrivateBin();
  DisableBuses();
  Kernel();
  PrivateFolder("private-etc", "/etc");
  Whitelists();
  if (stopped_) return;
  Rules();
  DisableDevices();
  CheckEnd();
}

ViewStep MakeFirejailStep(const Layer& layer, std::shared_ptr<const View> outside,
                          const ViewContext& context) {
  auto view = std::make_shared<FirejailView>(std::move(outside));
  view->no_unix_sockets = layer.no_unix_sockets.has_value();
  if (view->Host().Symbolic()) {
    view->assuming.emplace_back(
        "no *.local file of the user or the system changes a profile, and the user's "
        "~/.config/firejail holds no profile or include of the same name");
  }
  const bool root = view->credentials.uid == 0;
  if (root && CanGoPastMounts(layer, true)) {
    view->escapes.push_back(
        EvidenceOf(layer.program, "root keeps capabilities that lead past mounts"));
  }
  view->sockets_perhaps = layer.unix_sockets_perhaps;
  if (view->no_unix_sockets && !view->sockets_perhaps) {
    view->assuming.emplace_back("no socket is made through io_uring (kernel.io_uring_disabled)");
  }
  FirejailSetup setup(layer, *view, context.working_directory);
  setup.Run();
  view->Finish();
  ViewStep step;
  step.problems = std::move(setup.problems);
  step.own_proc = root;  // that of a user is a process of root's, which shows nothing (observed)
  step.view = std::move(view);
  return step;
}

}  // namespace sandlint
