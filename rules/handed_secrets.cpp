#include "rules/handed_secrets.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>
#include <vector>

#include "model/image.h"

namespace sandlint {
namespace {

using Handed = std::vector<HandedSecret>;

void Add(Handed& handed, SecretPlace place, std::string_view name, const Word& value) {
  auto secret = SecretIn(name, value);
  if (!secret) return;
  const Span span = secret->word.span;
  const auto same = [&](const HandedSecret& one) {
    const Span& other = one.secret.word.span;
    return other.source == span.source && span && other.begin < span.end && span.begin < other.end;
  };
  if (std::any_of(handed.begin(), handed.end(), same)) return;
  handed.push_back({place, std::string(name), std::move(*secret)});
}

/// `--api-key`, `-token` -> `api_key`, so that options and variables are known by the same names.
std::string OptionName(std::string_view option) {
  option.remove_prefix(std::min(option.find_first_not_of('-'), option.size()));
  std::string name(option);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

/// `NAME=value`, `--api-key=value`, `--api-key value` and anything that has a token's shape.
void AddArgument(Handed& handed, const Word& word, const Word* before) {
  const bool is_option = word.text.starts_with('-');
  if (const auto assignment = SplitAssignment(word)) {
    Add(handed, SecretPlace::Argument, OptionName(assignment->key.text), assignment->value);
  } else if (!is_option && before != nullptr && before->text.starts_with("--") &&
             before->text.find('=') == std::string::npos) {
    Add(handed, SecretPlace::Argument, OptionName(before->text), word);
  }
  Add(handed, SecretPlace::Argument, "", word);
}

void AddArguments(Handed& handed, const ServerDecl& decl) {
  Add(handed, SecretPlace::Argument, "", decl.command);
  const Word* before = nullptr;
  for (const Word& word : decl.args) {
    AddArgument(handed, word, before);
    before = &word;
  }
  Add(handed, SecretPlace::Argument, "", decl.headers_helper);
}

/// ENV of a Dockerfile: another rule tells of it.
bool OfImage(const Layer& layer, const EnvEdit& edit) {
  if (!layer.container || layer.container->build == nullptr) return false;
  const auto& values = layer.container->build->values;
  return std::any_of(values.begin(), values.end(), [&](const BakedValue& baked) {
    return baked.name.span == edit.name.span && edit.name.span;
  });
}

/// `--setenv NAME value` and `env NAME=value`, inside of shell strings and wrapper scripts too.
void AddLayers(Handed& handed, const Server& server) {
  for (const Launch& launch : server.launches) {
    for (const Layer& layer : launch.layers) {
      const bool compose = layer.container && layer.container->service;
      for (const EnvEdit& edit : layer.environment) {
        if (edit.kind != EnvKind::Set || OfImage(layer, edit)) continue;
        const bool written = !compose || edit.option.text.starts_with('-');
        Add(handed, written ? SecretPlace::Argument : SecretPlace::Environment, edit.name.text,
            edit.value);
      }
    }
  }
}

/// The value of `?api_key=…` as a word of its own.
void AddQuery(Handed& handed, const Word& url) {
  for (std::size_t at = url.text.find('?'); at < url.text.size();) {
    const std::size_t begin = at + 1;
    const std::size_t end = std::min(url.text.find_first_of("&#", begin), url.text.size());
    if (const auto pair = SplitAssignment(Part(url, begin, end - begin))) {
      Add(handed, SecretPlace::Url, OptionName(pair->key.text), pair->value);
    }
    at = end < url.text.size() && url.text[end] == '&' ? end : std::string::npos;
  }
}

}  // namespace

std::vector<HandedSecret> HandedSecrets(const Server& server) {
  Handed handed;
  for (const Setting& setting : server.decl.environment) {
    Add(handed, SecretPlace::Environment, setting.key.text, setting.value);
  }
  for (const Setting& header : server.decl.headers) {
    Add(handed, SecretPlace::Header, header.key.text, header.value);
  }
  for (const Setting& input : server.decl.offered) {
    Add(handed, SecretPlace::Environment, input.key.text, input.value);
  }
  AddQuery(handed, server.decl.url);
  Add(handed, SecretPlace::Url, "", server.decl.url);
  AddArguments(handed, server.decl);
  AddLayers(handed, server);
  return handed;
}

std::string Describe(const HandedSecret& handed) {
  std::string what = handed.secret.format == nullptr ? std::string("a literal secret")
                                                     : std::string(handed.secret.format->name);
  if (!handed.name.empty()) what += " in " + handed.name;
  return what;
}

}  // namespace sandlint
