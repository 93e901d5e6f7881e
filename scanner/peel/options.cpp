#include "scanner/peel/options.h"

#include <fmt/format.h>

#include <algorithm>

namespace sandlint {
namespace {

void Apply(const OptionSpec& spec, Layer& layer, const Word& option, const Word& value) {
  if (spec.apply != nullptr) {
    spec.apply(layer, option, value);
  } else if (spec.support == Support::Unmodelled || spec.support == Support::Unknown) {
    layer.notes.push_back({spec.support, option, spec.facets, "its effect is not modelled"});
  }
}

class OptionReader {
 public:
  OptionReader(std::span<const Word> argv, std::size_t begin, std::span<const OptionSpec> table,
               Layer& layer)
      : argv_(argv), table_(table), layer_(layer), result_{begin, true} {}

  OptionResult Run() {
    while (result_.understood && result_.next < argv_.size()) {
      const Word& word = argv_[result_.next];
      if (word.StartsUnknown()) {
        Stop(word, "it could be an option");
        break;
      }
      if (word.text == "--") {
        ++result_.next;
        break;
      }
      if (word.text.size() < 2 || word.text[0] != '-') break;
      ++result_.next;
      word.text.starts_with("--") ? Long(word) : Cluster(word);
    }
    return result_;
  }

 private:
  void Stop(const Word& word, std::string why) {
    NotUnderstood(layer_, word, std::move(why));
    result_.understood = false;
  }

  void Long(const Word& word) {
    const std::size_t equals = word.text.find('=');
    const std::string_view name =
        std::string_view(word.text).substr(2, equals == std::string::npos ? equals : equals - 2);
    const auto spec = std::ranges::find_if(
        table_, [&](const OptionSpec& row) { return !row.name.empty() && row.name == name; });
    if (spec == table_.end()) {
      Stop(word, "no such option is known");
      return;
    }
    if (equals != std::string::npos) {
      Apply(*spec, layer_, word, Part(word, equals + 1));
    } else if (spec->arg == OptionArg::Required) {
      Value(*spec, word);
    } else {
      Apply(*spec, layer_, word, {});
    }
  }

  void Cluster(const Word& word) {
    for (std::size_t at = 1; at < word.text.size(); ++at) {
      const auto spec = std::ranges::find_if(
          table_, [&](const OptionSpec& row) { return row.letter == word.text[at]; });
      if (spec == table_.end()) {
        Stop(word, "no such option is known");
        return;
      }
      if (spec->arg == OptionArg::None) {
        Apply(*spec, layer_, word, {});
        continue;
      }
      if (at + 1 < word.text.size()) {
        Apply(*spec, layer_, word, Part(word, at + 1));
      } else if (spec->arg == OptionArg::Required) {
        Value(*spec, word);
      } else {
        Apply(*spec, layer_, word, {});
      }
      return;
    }
  }

  void Value(const OptionSpec& spec, const Word& option) {
    if (result_.next >= argv_.size()) {
      Stop(option, "its value is missing");
      return;
    }
    Apply(spec, layer_, option, argv_[result_.next++]);
  }

  std::span<const Word> argv_;
  std::span<const OptionSpec> table_;
  Layer& layer_;
  OptionResult result_;
};

}  // namespace

OptionResult ReadOptions(std::span<const Word> argv, std::size_t begin,
                         std::span<const OptionSpec> table, Layer& layer) {
  return OptionReader(argv, begin, table, layer).Run();
}

Layer MakeLayer(LayerKind kind, std::string_view tool, const Word& program) {
  Layer layer;
  layer.kind = kind;
  layer.tool = tool;
  layer.program = program;
  return layer;
}

std::vector<Word> Consume(Layer& layer, std::span<const Word> argv, std::size_t count) {
  count = std::min(count, argv.size());
  const auto middle = argv.begin() + static_cast<std::ptrdiff_t>(count);
  layer.words.insert(layer.words.end(), argv.begin(), middle);
  return {middle, argv.end()};
}

void NotUnderstood(Layer& layer, const Word& word, std::string why) {
  layer.notes.push_back({Support::Unknown, word, Facet::All, std::move(why)});
}

}  // namespace sandlint
