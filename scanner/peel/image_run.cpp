// RUN bodies by the bash grammar, and what COPY and ADD bring along.

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>

#include "scanner/parse/shell.h"
#include "scanner/peel/image_stage.h"
#include "scanner/peel/script.h"

namespace sandlint {
namespace {

constexpr int kMaxDepth = 60;

/// The text of a word of a script without its quotes; empty where a part of it is not literal.
std::string Literal(const ShellWord& word) {
  std::string text;
  for (const ShellPart& part : word.parts) {
    if (part.kind != ShellPartKind::Literal) return {};
    text += part.text;
  }
  return text;
}

std::optional<std::uint32_t> Number(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || text.empty() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// Options of useradd and of both programs called adduser that take a value.
constexpr std::string_view kValueLetters = "ucdgGhkKbefpsZRPmx";
constexpr auto kValueNames = std::to_array<std::string_view>(
    {"--uid",   "--home",     "--home-dir", "--shell",    "--gid",        "--groups",   "--comment",
     "--gecos", "--ingroup",  "--password", "--base-dir", "--expiredate", "--inactive", "--skel",
     "--key",   "--firstuid", "--lastuid",  "--root",     "--prefix",     "--conf"});
/// Letters of useradd that take none although adduser's do, and the other way round.
constexpr std::string_view kUseraddFlags = "mhx";

bool TakesValue(std::string_view option, bool useradd) {
  if (option.starts_with("--")) return std::ranges::count(kValueNames, option) > 0;
  const char letter = option.back();
  if (useradd && kUseraddFlags.find(letter) != std::string_view::npos) return false;
  if (!useradd && letter == 'm') return false;
  return kValueLetters.find(letter) != std::string_view::npos;
}

/// `useradd -r -u 1001 app`, `adduser -S -D -u 1001 -G grp app`: the account that it makes.
void ReadAccount(const ShellNode& command, bool useradd, const Word& place, ImageBuild& image) {
  BuiltUser user;
  user.word = place;
  bool shares = false;
  bool sure = true;
  std::string name;
  for (std::size_t at = 1; at < command.words.size(); ++at) {
    const std::string text = Literal(command.words[at]);
    if (text.empty()) sure = false;
    if (text == "-o" || text == "--non-unique") shares = true;
    const std::size_t equals = text.find('=');
    const bool option = text.size() > 1 && text.starts_with('-');
    if (!option) {
      if (name.empty()) name = text;
      continue;
    }
    const std::string key = text.substr(0, equals);
    const bool is_uid = key == "--uid" || (!key.starts_with("--") && key.ends_with('u'));
    std::string value = equals == std::string::npos ? "" : text.substr(equals + 1);
    if (equals == std::string::npos && TakesValue(key, useradd)) {
      ++at;
      value = at < command.words.size() ? Literal(command.words[at]) : "";
    }
    if (!is_uid) continue;
    user.uid = Number(value);
    if (!user.uid) sure = false;
  }
  user.name = std::move(name);
  if (user.name.empty()) return;
  if (!sure || (shares && !user.uid)) {
    image.notes.push_back({Support::Unknown, place, Facet::Identity,
                           "which number this account gets is not known here"});
  }
  std::erase_if(image.users, [&](const BuiltUser& known) { return known.name == user.name; });
  image.users.push_back(std::move(user));
}

std::string_view NameOfCommand(std::string_view text) { return BaseName(text); }

void Visit(const ShellNode& node, const Word& place, int depth, ImageBuild& image) {
  if (depth > kMaxDepth) return;
  if (!node.words.empty()) {
    std::size_t first = 0;
    const std::string program = Literal(node.words[first]);
    const std::string_view name = NameOfCommand(program);
    if (name == "useradd" || name == "adduser") ReadAccount(node, name == "useradd", place, image);
    if (name == "usermod" || name == "vipw" || name == "newusers") {
      image.notes.push_back(
          {Support::Unmodelled, place, Facet::Identity, "it changes the accounts of the image"});
    }
  }
  for (const ShellNode& child : node.children) Visit(child, place, depth + 1, image);
  for (const ShellArm& arm : node.arms) {
    for (const ShellNode& child : arm.condition) Visit(child, place, depth + 1, image);
    for (const ShellNode& child : arm.body) Visit(child, place, depth + 1, image);
  }
}

void FindDownloads(BuildState& state, Word text, const Word& place) {
  ScriptCall call;
  call.script = std::make_shared<const ShellScript>(ParseShell(text));
  call.zero.text = "sh";
  call.cause = place;
  PeelContext context;  // a container of its own: nothing of the host is there
  const ScriptResult result = FollowScript(call, context);
  const bool found = std::ranges::any_of(
      result.launches, [](const ScriptLaunch& launch) { return launch.downloads.has_value(); });
  if (found) state.Stage().image.run_downloads.push_back(place);
}

constexpr auto kSecretFiles = std::to_array<std::string_view>({".env",
                                                               ".netrc",
                                                               ".npmrc",
                                                               ".pypirc",
                                                               ".git-credentials",
                                                               "id_rsa",
                                                               "id_ecdsa",
                                                               "id_ed25519",
                                                               "credentials.json",
                                                               "service-account.json",
                                                               "*.pem",
                                                               "*.key",
                                                               "*.p12",
                                                               "*.pfx",
                                                               ".env.local",
                                                               ".env.production",
                                                               ".aws",
                                                               ".ssh",
                                                               ".kube",
                                                               ".gnupg",
                                                               ".docker"});

bool IsSecretFile(std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  const std::string_view name = BaseName(path);
  return std::ranges::any_of(kSecretFiles, [&](std::string_view known) {
    return known.starts_with('*') ? name.ends_with(known.substr(1)) && name.size() >= known.size()
                                  : name == known;
  });
}

bool IsAddress(std::string_view source) {
  return source.starts_with("http://") || source.starts_with("https://") ||
         source.starts_with("git@") || source.starts_with("git://") || source.starts_with("ssh://");
}

}  // namespace

void ApplyRun(BuildState& state, const DockerInstruction& made) {
  ImageBuild& image = state.Stage().image;
  Word place = made.text;
  place.span = made.span;
  place.text = made.name.text;
  if (made.text.text.find("/etc/passwd") != std::string::npos) {
    image.notes.push_back(
        {Support::Unmodelled, place, Facet::Identity, "it changes the accounts of the image"});
  }
  if (const Word from = made.Flag("mount"); from) {
    const std::size_t at = from.text.find("from=");
    if (at != std::string::npos) {
      const std::size_t end = from.text.find(',', at);
      const auto stage = state.StageOf(from.text.substr(at + 5, end - at - 5));
      if (stage) state.Stage().uses.insert(*stage);
    }
  }
  if (made.json) return;
  Word script = made.text;
  if (!made.documents.empty()) {
    // The first document is the script where nothing stands before it.
    if (made.words.front().text.starts_with("<<")) script = made.documents.front().text;
  }
  const ShellScript shell = ParseShell(script);
  Visit(shell.body, place, 0, image);
  FindDownloads(state, script, place);
}

void ApplyCopy(BuildState& state, const DockerInstruction& made) {
  BuildStage& stage = state.Stage();
  if (const Word from = made.Flag("from")) {
    const Word name = state.Expand(from);
    std::optional<std::size_t> used = state.StageOf(name.text);
    if (const auto number = Number(name.text); !used && number && *number < state.stages.size()) {
      used = *number;
    }
    if (used) {
      stage.uses.insert(*used);
    } else if (name.Known()) {
      ProgramRef image{"oci", name.text, {}, name.text.find("@sha256:") != std::string::npos, name};
      stage.borrowed.push_back(std::move(image));
    }
  }
  const bool add = made.keyword == DockerKeyword::Add;
  for (std::size_t at = 0; at + 1 < made.words.size(); ++at) {
    const Word source = state.Expand(made.words[at]);
    if (add && IsAddress(source.text) && !made.Flag("checksum")) {
      stage.image.downloads.push_back(made.words[at]);
    } else if (!made.Flag("from") && IsSecretFile(source.text)) {
      stage.image.copied_secrets.push_back(made.words[at]);
    }
  }
  const std::string target = made.words.empty() ? "" : state.Expand(made.words.back()).text;
  if (target == "/" || target.starts_with("/etc")) {
    Word place = made.words.back();
    stage.image.notes.push_back({Support::Unmodelled, std::move(place), Facet::Identity,
                                 "it may change the accounts of the image"});
  }
}

}  // namespace sandlint
