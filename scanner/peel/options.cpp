#include "scanner/peel/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sandlint {
namespace {

std::string_view NameOf(const OptionSpec& spec) {
  return spec.name.empty() ? std::string_view(&spec.letter, 1) : spec.name;
}

class OptionReader {
 public:
  OptionReader(std::span<const Word> argv, std::size_t begin, std::span<const OptionSpec> table,
               Layer& layer, OptionManners manners)
      : argv_(argv), table_(table), layer_(layer), manners_(manners) {
    result_.next = begin;
  }

  OptionResult Run() {
    while (result_.understood && result_.next < argv_.size()) {
      const Word& word = argv_[result_.next];
      if (word.StartsUnknown()) {
        Stop(word, "it could be an option");
        break;
      }
      if (word.text == "--") {
        result_.ended_by_dashes = true;
        Take();
        break;
      }
      if (word.text.size() < 2 || word.text[0] != '-') {
        if (!manners_.permutes) break;
        result_.operands.push_back(word);
        ++result_.next;
        continue;
      }
      Take();
      IsLong(word) ? Long(word) : Cluster(word);
    }
    return std::move(result_);
  }

 private:
  const Word& Take() {
    if (manners_.permutes) result_.consumed.push_back(argv_[result_.next]);
    return argv_[result_.next++];
  }

  bool IsLong(const Word& word) const {
    return word.text.starts_with("--") || (manners_.single_dash_names && word.text.size() > 2);
  }

  void Stop(const Word& word, std::string why) {
    NotUnderstood(layer_, word, std::move(why));
    result_.understood = false;
  }

  void Apply(const OptionSpec& spec, const Word& option, Word value) {
    switch (spec.effect) {
      case OptionEffect::None:
        break;
      case OptionEffect::Exits:
        AddProblem(layer_, option, fmt::format("with {} it starts nothing", option.text));
        break;
      case OptionEffect::NotModelled:
        layer_.notes.push_back({Support::Unmodelled, option, spec.facets, std::string(spec.why)});
        break;
      case OptionEffect::Read:
        result_.uses.push_back({NameOf(spec), option, std::move(value)});
        break;
    }
  }

  /// The row of a long name: its own, or the only one that it abbreviates.
  const OptionSpec* ByName(std::string_view name) const {
    const OptionSpec* found = nullptr;
    for (const OptionSpec& row : table_) {
      if (row.name.empty() || name.empty()) continue;
      if (row.name == name) return &row;
      if (!manners_.abbreviations || !row.name.starts_with(name)) continue;
      if (found != nullptr && found->name != row.name) return nullptr;
      if (found != nullptr) continue;
      found = &row;
    }
    return found;
  }

  void Long(const Word& word) {
    const std::size_t dashes = word.text.starts_with("--") ? 2 : 1;
    const std::size_t equals = std::min(word.text.find('='), word.text.size());
    const OptionSpec* spec = ByName(std::string_view(word.text).substr(dashes, equals - dashes));
    const bool glued = equals < word.text.size();
    if (spec == nullptr || (glued && spec->arg == OptionArg::None)) {
      Stop(word, "no such option is known");
    } else if (glued) {
      Apply(*spec, word, Part(word, equals + 1));
    } else {
      ValueOrNone(*spec, word);
    }
  }

  void Cluster(const Word& word) {
    for (std::size_t at = 1; at < word.text.size(); ++at) {
      const auto spec = std::ranges::find_if(table_, [&](const OptionSpec& row) {
        return row.letter != 0 && row.letter == word.text[at];
      });
      if (spec == table_.end()) {
        Stop(word, "no such option is known");
        return;
      }
      if (manners_.glued_equals && spec->arg == OptionArg::Optional) {
        const bool value = at + 1 < word.text.size() && word.text[at + 1] == '=';
        Apply(*spec, word, value ? Part(word, at + 2) : Word{});
        if (value) return;
        continue;
      }
      if (spec->arg != OptionArg::None) {
        if (at + 1 < word.text.size()) {
          Apply(*spec, word, Part(word, at + 1));
        } else {
          ValueOrNone(*spec, word);
        }
        return;
      }
      Apply(*spec, word, {});
    }
  }

  void ValueOrNone(const OptionSpec& spec, const Word& option) {
    if (spec.arg != OptionArg::Required) {
      Apply(spec, option, {});
    } else if (result_.next < argv_.size()) {
      const Word& value = Take();
      Apply(spec, option, value);
    } else {
      AddProblem(layer_, option, fmt::format("{} needs a value", option.text));
      Stop(option, "its value is missing");
    }
  }

  std::span<const Word> argv_;
  std::span<const OptionSpec> table_;
  Layer& layer_;
  OptionManners manners_;
  OptionResult result_;
};

}  // namespace

const OptionUse* OptionResult::Find(std::string_view name) const {
  const auto found = std::find_if(uses.rbegin(), uses.rend(),
                                  [&](const OptionUse& use) { return use.name == name; });
  return found == uses.rend() ? nullptr : &*found;
}

OptionResult ReadOptions(std::span<const Word> argv, std::size_t begin,
                         std::span<const OptionSpec> table, Layer& layer, OptionManners manners) {
  return OptionReader(argv, begin, table, layer, manners).Run();
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

void AddNote(Layer& layer, const Word& word, Facet facets, std::string why) {
  layer.notes.push_back({Support::Unmodelled, word, facets, std::move(why)});
}

void AddProblem(Layer& layer, const Word& word, std::string text, Answer fatal) {
  layer.start_problems.push_back({word, std::move(text), fatal});
}

Word MadeUp(std::string text, const Word& cause) {
  return {std::move(text), cause.span, {}, cause.argv_index};
}

void AddSet(Layer& layer, const Word& option, Word name, Word value) {
  layer.environment.push_back({EnvKind::Set, option, std::move(name), std::move(value), {}});
}

void AddUnset(Layer& layer, const Word& option, Word name) {
  layer.environment.push_back({EnvKind::Unset, option, std::move(name), {}, {}});
}

void AddReset(Layer& layer, const Word& option, std::vector<std::string> keep) {
  layer.environment.push_back({EnvKind::Reset, option, {}, {}, std::move(keep)});
}

}  // namespace sandlint
