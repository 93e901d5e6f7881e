#include "rules/secrets.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "model/image.h"
#include "model/parallel.h"
#include "rules/handed_secrets.h"
#include "rules/secret_pieces.h"
#include "rules/token_formats.h"

namespace sandlint {
namespace {

/// How much of a long line is looked at on either side of a place: far more than a report shows.
constexpr std::size_t kReach = 4096;
/// Sources of this size are looked through as a whole; of larger ones only what is quoted.
constexpr std::size_t kMostOfSource = std::size_t{1} << 20;
constexpr std::size_t kMostOfSources = std::size_t{8} << 20;

class Collector {
 public:
  std::vector<Secret> secrets;

  void Add(const Secret& secret) { Add(secret.where, secret.text, secret.server_index); }

  void AddWord(const Word& word, int server) { Add(word.span, word.text, server); }

  void AddText(const Word& word, int server) {
    for (const SecretPiece& piece : SecretPiecesIn(word.text)) {
      AddWord(Part(word, piece.begin, piece.length), server);
    }
  }

  /// A command line: what one word is may be told by those before it.
  void AddWords(const std::vector<Word>& words, int server) {
    std::string line;
    std::vector<std::size_t> starts;
    for (const Word& word : words) {
      starts.push_back(line.size());
      line += word.text + ' ';
    }
    for (const SecretPiece& piece : SecretPiecesIn(line)) {
      const auto next = std::ranges::upper_bound(starts, piece.begin);
      const auto index = static_cast<std::size_t>(next - starts.begin()) - 1;
      const Word& word = words[index];
      const std::size_t offset = piece.begin - starts[index];
      if (offset >= word.text.size()) continue;
      AddWord(Part(word, offset, std::min(piece.length, word.text.size() - offset)), server);
    }
  }

  void AddSetting(const Setting& setting, int server) {
    AddText(setting.key, server);
    AddText(setting.value, server);
    if (const auto secret = SecretIn(setting.key.text, setting.value)) {
      AddWord(secret->word, server);
    } else if (IsSecretName(setting.key.text)) {
      // `KEY=value` as one text: what counts as a value there counts here.
      Word line = setting.value;
      line.text.insert(0, setting.key.text + "=");
      const std::size_t shift = setting.key.text.size() + 1;
      for (const SecretPiece& piece : SecretPiecesIn(line.text)) {
        if (piece.begin != shift) continue;
        AddWord(Part(setting.value, 0, piece.length), server);
      }
    }
  }

  void AddLine(const Span& place, int server) {
    if (!place || !lines_.insert({place.source, place.begin, server}).second) return;
    const std::string_view all = place.source->text;
    const std::size_t from = place.begin - std::min<std::size_t>(place.begin, kReach);
    const std::string_view before = all.substr(from, place.begin - from);
    const std::size_t start = from + before.find_last_of("\r\n") + 1;  // npos + 1: no line end
    const std::string_view near = all.substr(start, place.begin - start + kReach);
    const std::size_t end = near.find_first_of("\r\n", place.begin - start);
    AddPieces(*place.source, start, near.substr(0, end), server);
  }

  void AddSource(const Source& source) {
    if (source.text.size() > kMostOfSource || source.is_argv) return;
    if (looked_at_ + source.text.size() > kMostOfSources) return;
    looked_at_ += source.text.size();
    AddPieces(source, 0, source.text, -1);
  }

 private:
  void Add(const Span& span, std::string_view text, int server) {
    if (text.empty()) return;
    if (!seen_.insert({span.source, span.begin, std::string(text), server}).second) return;
    secrets.push_back({span, std::string(text), server});
  }

  void AddPieces(const Source& source, std::size_t start, std::string_view text, int server) {
    for (const SecretPiece& piece : SecretPiecesIn(text)) {
      const Span span{&source, static_cast<std::uint32_t>(start + piece.begin),
                      static_cast<std::uint32_t>(start + piece.begin + piece.length)};
      Add(span, span.Text(), server);
    }
  }

  std::set<std::tuple<const Source*, std::uint32_t, std::string, int>> seen_;
  std::set<std::tuple<const Source*, std::uint32_t, int>> lines_;
  std::size_t looked_at_ = 0;
};

void AddLaunch(Collector& collector, const Launch& launch, int index) {
  for (const Layer& layer : launch.layers) {
    collector.AddWords(layer.words, index);
    for (const EnvEdit& edit : layer.environment) {
      collector.AddSetting({edit.name, edit.value}, index);
    }
    if (!layer.container || layer.container->build == nullptr) continue;
    for (const BakedValue& baked : layer.container->build->values) {
      collector.AddSetting({baked.name, baked.value}, index);
    }
  }
  for (const Note& note : launch.notes) collector.AddText(note.word, index);
  collector.AddText({launch.condition_text, {}, {}, -1}, index);
}

void AddServer(Collector& collector, const Server& server, int index) {
  for (const HandedSecret& handed : HandedSecrets(server)) {
    collector.AddWord(handed.secret.word, index);
  }
  const ServerDecl& decl = server.decl;
  for (const Setting& setting : decl.environment) collector.AddSetting(setting, index);
  for (const Setting& setting : decl.headers) collector.AddSetting(setting, index);
  std::vector<Word> argv{decl.command};
  argv.insert(argv.end(), decl.args.begin(), decl.args.end());
  collector.AddWords(argv, index);
  for (const Word* word : {&decl.name, &decl.url, &decl.headers_helper}) {
    collector.AddText(*word, index);
  }
  for (const Note& note : decl.notes) collector.AddText(note.word, index);
  for (const Launch& launch : server.launches) AddLaunch(collector, launch, index);
}

void AddSettings(Collector& collector, const ClientSettings& settings) {
  for (const auto* list : {&settings.environment, &settings.commands, &settings.sandbox}) {
    for (const Setting& setting : *list) collector.AddSetting(setting, -1);
  }
  for (const auto* words : {&settings.allow, &settings.deny, &settings.ask}) {
    for (const Word& word : *words) collector.AddText(word, -1);
  }
}

}  // namespace

std::vector<Secret> SecretsOf(const Server& server, int index) {
  Collector collector;
  AddServer(collector, server, index);
  return std::move(collector.secrets);
}

std::vector<Secret> SecretsIn(const Workspace& workspace, const Findings& findings) {
  std::vector<std::vector<Secret>> of_servers(workspace.servers.size());
  InParallel(of_servers.size(), [&](std::size_t index) {
    of_servers[index] = SecretsOf(workspace.servers[index], static_cast<int>(index));
  });
  return SecretsIn(workspace, findings, of_servers);
}

std::vector<Secret> SecretsIn(const Workspace& workspace, const Findings& findings,
                              const std::vector<std::vector<Secret>>& of_servers) {
  Collector collector;
  for (const std::vector<Secret>& some : of_servers) {
    for (const Secret& secret : some) collector.Add(secret);
  }
  for (const ClientSettings& settings : workspace.settings) AddSettings(collector, settings);
  for (const NotModelled& note : NotModelledWords(workspace)) {
    collector.AddText({note.word, note.where, {}, -1}, -1);
  }
  for (const Finding& finding : findings) collector.AddLine(finding.where, finding.server_index);
  for (const FileReport& file : workspace.files) {
    collector.AddText({file.path, {}, {}, -1}, -1);
    collector.AddLine(file.where, -1);
  }
  for (const auto& source : workspace.sources) collector.AddSource(*source);
  return std::move(collector.secrets);
}

}  // namespace sandlint
