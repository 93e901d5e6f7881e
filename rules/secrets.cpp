#include "rules/secrets.h"

#include <re2/re2.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <tuple>

#include "rules/handed_secrets.h"
#include "rules/token_formats.h"

namespace sandlint {
namespace {

/// How much of a long line is looked at on either side of a place: far more than a report shows.
constexpr std::size_t kReach = 16384;

class Collector {
 public:
  std::vector<Secret> secrets;

  void AddWord(const Word& word, int server) { Add(word.span, word.text, server); }

  /// Whatever has the shape of a credential in a word.
  void AddTokens(const Word& word, int server) {
    for (const FoundToken& token : FindTokens(word.text)) {
      AddWord(Part(word, token.begin, LengthOf(token, word.text)), server);
    }
  }

  void AddSetting(const Setting& setting, int server) {
    AddTokens(setting.value, server);
    if (const auto secret = SecretIn(setting.key.text, setting.value)) {
      AddWord(secret->word, server);
    }
  }

  void AddLine(const Span& place, int server) {
    if (!place || !lines_.insert({place.source, place.begin, server}).second) return;
    const std::string_view all = place.source->text;
    std::string_view line = LineAt(*place.source, place.begin);
    auto start = static_cast<std::size_t>(line.data() - all.data());
    if (const std::size_t from = place.begin - std::min<std::size_t>(place.begin, kReach);
        from > start) {
      line.remove_prefix(std::min(from - start, line.size()));
      start = from;
    }
    line = line.substr(0, 2 * kReach);
    for (const FoundToken& token : FindTokens(line)) {
      AddPiece(*place.source, start + token.begin, LengthOf(token, line), server);
    }
    AddNamed(*place.source, start, line, server);
  }

 private:
  void Add(const Span& span, std::string_view text, int server) {
    if (text.empty() || !seen_.insert({span.source, span.begin, span.end}).second) return;
    secrets.push_back({span, std::string(text), server});
  }

  void AddPiece(const Source& source, std::size_t begin, std::size_t length, int server) {
    const Span span{&source, static_cast<std::uint32_t>(begin),
                    static_cast<std::uint32_t>(begin + length)};
    Add(span, span.Text(), server);
  }

  /// The head of a private key is known by its shape; what counts stands behind it.
  static std::size_t LengthOf(const FoundToken& token, std::string_view text) {
    if (!text.substr(token.begin).starts_with("-----BEGIN")) return token.length;
    const std::size_t end = text.find("-----END", token.begin);
    return std::min(end, text.size()) - token.begin;
  }

  /// `"API_KEY": "…"`, `export API_KEY=…`, `"--api-key", "…"`: values of telling names in a line
  /// that may be no proper syntax at all.
  void AddNamed(const Source& source, std::size_t start, std::string_view line, int server) {
    static const RE2 kNamed(
        R"re(([A-Za-z][A-Za-z0-9_.-]*)["']?(?:\s*[:=,]\s*|\s+)(?:"([^"]*)|'([^']*)|([^\s"',}\]]+)))re");
    const re2::StringPiece piece(line.data(), line.size());
    re2::StringPiece groups[5];
    std::size_t from = 0;
    while (from < line.size() &&
           kNamed.Match(piece, from, line.size(), RE2::UNANCHORED, groups, 5)) {
      const std::string_view name(groups[1].data(), groups[1].size());
      const auto* value = std::find_if(groups + 2, groups + 5, [](const re2::StringPiece& group) {
        return group.data() != nullptr;
      });
      // The value of one can be the name of the next.
      from = static_cast<std::size_t>(name.data() + name.size() - line.data());
      Word word;
      word.text.assign(value->data(), value->size());
      if (!IsSecretName(name) || !SecretIn(name, word)) continue;
      AddPiece(source, start + static_cast<std::size_t>(value->data() - line.data()), value->size(),
               server);
    }
  }

  std::set<std::tuple<const Source*, std::uint32_t, std::uint32_t>> seen_;
  std::set<std::tuple<const Source*, std::uint32_t, int>> lines_;
};

/// Most words of the layers are the arguments themselves, which were looked at already.
bool IsArgument(const Word& word, const ServerDecl& decl) {
  const auto index = static_cast<std::size_t>(word.argv_index - 1);
  return word.argv_index >= 1 && index < decl.args.size() && decl.args[index].span == word.span;
}

void AddServer(Collector& collector, const Server& server, int index) {
  for (const HandedSecret& handed : HandedSecrets(server)) {
    collector.AddWord(handed.secret.word, index);
  }
  const ServerDecl& decl = server.decl;
  for (const Setting& setting : decl.environment) collector.AddSetting(setting, index);
  for (const Setting& setting : decl.headers) collector.AddSetting(setting, index);
  for (const Word& word : decl.args) collector.AddTokens(word, index);
  for (const Word* word : {&decl.command, &decl.url, &decl.headers_helper}) {
    collector.AddTokens(*word, index);
  }
  for (const Launch& launch : server.launches) {
    for (const Layer& layer : launch.layers) {
      for (const Word& word : layer.words) {
        if (!IsArgument(word, decl)) collector.AddTokens(word, index);
      }
      for (const EnvEdit& edit : layer.environment) {
        collector.AddSetting({edit.name, edit.value}, index);
      }
    }
  }
}

void AddSettings(Collector& collector, const ClientSettings& settings) {
  for (const auto* list : {&settings.environment, &settings.commands, &settings.sandbox}) {
    for (const Setting& setting : *list) collector.AddSetting(setting, -1);
  }
  for (const auto* words : {&settings.allow, &settings.deny, &settings.ask}) {
    for (const Word& word : *words) collector.AddTokens(word, -1);
  }
}

}  // namespace

std::vector<Secret> SecretsIn(const Workspace& workspace, const Findings& findings) {
  Collector collector;
  for (std::size_t index = 0; index < workspace.servers.size(); ++index) {
    AddServer(collector, workspace.servers[index], static_cast<int>(index));
  }
  for (const ClientSettings& settings : workspace.settings) AddSettings(collector, settings);
  for (const NotModelled& note : NotModelledWords(workspace)) {
    collector.AddTokens({note.word, note.where, {}, -1}, -1);
  }
  for (const Finding& finding : findings) collector.AddLine(finding.where, finding.server_index);
  return std::move(collector.secrets);
}

}  // namespace sandlint
