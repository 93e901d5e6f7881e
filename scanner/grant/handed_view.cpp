// Open descriptors and data from files go through every sandbox: mounts hide names, not what is
// open already. From a directory `..` leads out to the root of the view in which it was opened.

#include "scanner/grant/handed_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace sandlint {
namespace {

/// The folder in which a file stands of whose name only the end is not known; empty for any place.
std::string KnownFolder(const Word& path) {
  std::size_t known = path.text.size();
  for (const Hole& hole : path.holes) {
    if (!hole.assumed) known = std::min<std::size_t>(known, hole.begin);
  }
  const std::size_t slash = path.text.substr(0, known).rfind('/');
  if (slash == std::string::npos || !path.text.starts_with('/')) return {};
  const std::string folder = path.text.substr(0, std::max<std::size_t>(slash, 1));
  return path.text.find("..", known) != std::string::npos ? std::string() : CleanPath(folder);
}

bool Overlap(std::string_view a, std::string_view b) { return IsBelow(a, b) || IsBelow(b, a); }

std::string RealOnHost(const View& view, std::string_view path) {
  const auto host = MakeHostView(view.Host(), view.Caller());
  return host->Realpath(path, nullptr).value_or(CleanPath(path));
}

struct Share {
  Rights sure;
  Rights may;
};

constexpr Rights kReading{static_cast<std::uint8_t>(Right::Read)};

/// What an opened thing gives of `asked`: through /proc a file can be opened again for anything.
Share OfOpen(const Handed& handed, std::string_view asked) {
  const View& outside = *handed.outside;
  const std::string path = CleanPath(handed.file.path.text);
  const std::string real = outside.Realpath(path, nullptr).value_or(path);
  const auto object = outside.Lstat(real);
  const bool folder = object && object->kind == NodeKind::Directory && !handed.file.write;
  if (folder) {
    const PathAnswer beyond = outside.OfHost(asked);
    if (!object->certain) return {{}, beyond.possible};
    return {beyond.rights, beyond.possible};
  }
  const std::string host = object && !object->host.empty() ? object->host : real;
  if (!IsBelow(host, RealOnHost(outside, asked))) return {};
  const PathAnswer own = outside.OfHost(host);
  Rights opened = handed.file.write ? Rights(Right::Write) : kReading;
  if (handed.file.write && !object) return {opened, own.possible | opened};  // it is made
  return {own.rights & opened, own.possible};
}

/// What data that comes from a file tells of `asked`.
Share OfContent(const Handed& handed, std::string_view asked) {
  const View& outside = *handed.outside;
  const std::string path = CleanPath(handed.file.path.text);
  const std::string real = outside.Realpath(path, nullptr).value_or(path);
  const auto object = outside.Lstat(real);
  const std::string host = object && !object->host.empty() ? object->host : real;
  const std::string wanted = RealOnHost(outside, asked);
  if (!Overlap(host, wanted)) return {};
  const Rights kind = handed.file.write ? Rights(Right::Write) : kReading;
  const PathAnswer own = outside.OfHost(IsBelow(host, wanted) ? host : wanted);
  return {handed.file.certain == Answer::Yes ? own.rights & kind : Rights(), own.possible & kind};
}

Share OfAny(const Handed& handed, std::string_view asked) {
  const std::string folder = KnownFolder(handed.file.path);
  if (!folder.empty() && !Overlap(folder, asked)) return {};
  const Rights possible = handed.outside->OfHost(asked).possible;
  if (handed.file.open) return {{}, possible};
  return {{}, possible & (handed.file.write ? Rights(Right::Write) : kReading)};
}

/// From a working directory the way down alone is asked for; up it leads into what the user may
/// not enter.
Share OfStanding(const Handed& handed, std::string_view asked) {
  const View& outside = *handed.outside;
  const std::string real = RealOnHost(outside, asked);
  const std::string& from = handed.file.path.text;
  if (IsBelow(from, real)) return {outside.Subtree(from, true).rights, {}};
  if (!IsBelow(real, from)) return {};
  for (std::size_t at = from.size(); at < real.size(); at = real.find('/', at + 1)) {
    const auto directory = outside.Lstat(real.substr(0, at));
    if (!directory || !MayTraverse(*directory, outside.Caller())) return {};
  }
  const PathAnswer below = outside.Subtree(real, true);
  return {below.rights, below.possible};
}

Share ShareOf(const Handed& handed, std::string_view asked) {
  if (handed.standing) return OfStanding(handed, asked);
  if (!handed.file.path.Known()) return OfAny(handed, asked);
  return handed.file.open ? OfOpen(handed, asked) : OfContent(handed, asked);
}

class HandedView final : public View {
 public:
  HandedView(std::shared_ptr<const View> inside, std::vector<Handed> handed)
      : inside_(std::move(inside)), handed_(std::move(handed)) {
    doubts = inside_->doubts;
  }
  std::optional<Object> Lstat(std::string_view path) const override { return inside_->Lstat(path); }
  std::vector<std::string> List(std::string_view directory) const override {
    return inside_->List(directory);
  }
  std::vector<std::string> MountsBelow(std::string_view directory) const override {
    return inside_->MountsBelow(directory);
  }
  std::vector<Alias> AliasesOf(std::string_view host_path) const override {
    return inside_->AliasesOf(host_path);
  }
  PathAnswer Subtree(std::string_view path, bool host_only) const override {
    return inside_->Subtree(path, host_only);
  }
  PathAnswer SubtreeOf(std::string_view path, std::string_view host_root) const override {
    return inside_->SubtreeOf(path, host_root);
  }
  bool Incomplete(std::string_view directory) const override {
    return inside_->Incomplete(directory);
  }
  const Credentials& Caller() const override { return inside_->Caller(); }
  const HostFacts& Host() const override { return inside_->Host(); }

  PathAnswer OfHost(std::string_view host_path) const override {
    PathAnswer answer = inside_->OfHost(host_path);
    for (const Handed& one : handed_) Add(answer, one, host_path);
    return answer;
  }
  PathAnswer Inside(std::string_view path) const override { return inside_->Inside(path); }
  PathAnswer OfRoot() const override {
    PathAnswer answer = inside_->OfRoot();
    for (const Handed& one : handed_) Add(answer, one, Host().Caller().home);
    return answer;
  }

 private:
  static void Add(PathAnswer& answer, const Handed& one, std::string_view asked) {
    const Share share = ShareOf(one, asked);
    const bool news = (answer.rights | share.sure) != answer.rights;
    const bool perhaps = answer.rights.None() && !share.may.None();
    answer.possible = answer.possible | share.may | share.sure;
    if (!news && !perhaps) return;
    const HandedFile& file = one.file;
    answer.because.insert(
        answer.because.begin(),
        EvidenceOf(file.by, !one.why.empty() ? one.why
                            : file.open ? fmt::format("descriptor {} stays open", file.descriptor)
                                        : "what it reads can reach the program"));
    if (!news) return;
    answer.rights = answer.rights | share.sure;
    answer.backing = Backing::Host;
    if (file.open && one.why.empty())
      answer.alias = fmt::format("/proc/self/fd/{}", file.descriptor);
  }

  std::shared_ptr<const View> inside_;
  std::vector<Handed> handed_;
};

bool HasOption(const Layer& layer, std::string_view letter, std::string_view name) {
  return std::ranges::any_of(layer.words, [&](const Word& word) {
    return word.text.starts_with(letter) || word.text.starts_with(name);
  });
}

bool KeepsDescriptors(const Layer& firejail) {
  return std::ranges::any_of(firejail.directives,
                             [](const auto& line) { return line->keyword.text == "keep-fd"; });
}

}  // namespace

Handed PerhapsAnything(const Word& word, std::string why, std::shared_ptr<const View> outside) {
  Handed handed;
  handed.file.path.text = "/";
  handed.file.path.holes = {{0, 1, "any path"}};
  handed.file.by = word;
  handed.file.open = true;
  handed.outside = std::move(outside);
  handed.why = std::move(why);
  return handed;
}

std::optional<Handed> StandingIn(const std::string& directory, const Word& who,
                                 std::shared_ptr<const View> view) {
  const auto real = view->Realpath(directory, nullptr);
  if (!real || view->Host().Symbolic() || view->Reachable(*real)) return std::nullopt;
  const auto object = view->Lstat(*real);
  if (!object || !MayTraverse(*object, view->Caller())) return std::nullopt;
  Handed handed{{}, std::move(view), "the working directory stays open", true};
  handed.file.path.text = *real;
  handed.file.by = who;
  return handed;
}

void CloseBehind(const Layer& layer, std::vector<Handed>& handed) {
  const bool container = layer.kind == LayerKind::Container;
  const bool firejail =
      layer.kind == LayerKind::Sandbox && layer.tool == "firejail" && !KeepsDescriptors(layer);
  const bool sudo = layer.tool == "sudo" && !HasOption(layer, "-C", "--close-from");
  if (container || firejail || sudo || layer.tool == "doas") {
    std::erase_if(handed, [](const Handed& one) { return one.file.descriptor > 2; });
  }
  if (!container) return;
  const bool input = layer.container && layer.container->interactive;
  std::erase_if(handed, [&](const Handed& one) { return one.file.descriptor == 0 && !input; });
  // The engine copies what goes in and out.
  for (Handed& one : handed) one.file.open = false;
}

void HandOpened(const HostFacts& host, const Credentials& user, const std::vector<Handed>& opened,
                std::vector<Handed>& handed) {
  if (opened.empty() || user.override_all || user.uid == host.Caller().uid) return;
  Credentials root{0, 0, {}};
  root.override_all = true;
  const auto whole = MakeHostView(host, root);
  for (const Handed& one : opened) {
    handed.push_back({one.file, whole, "it may give others a way to what is asked"});
  }
}

std::shared_ptr<const View> MakeHandedView(std::shared_ptr<const View> inside,
                                           std::vector<Handed> handed) {
  return std::make_shared<HandedView>(std::move(inside), std::move(handed));
}

}  // namespace sandlint
