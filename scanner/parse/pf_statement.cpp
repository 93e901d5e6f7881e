// The statements of pf.conf that are no rules: macros, options, tables, includes, loads, queues.

#include <algorithm>
#include <iterator>
#include <utility>

#include "scanner/parse/pf_parser.h"

namespace sandlint {
namespace {

/// pf.conf(5) of OpenBSD 7, FreeBSD 14 and macOS. None of the irrelevant ones changes what passes.
struct SettingRow {
  std::string_view name;
  Support support;
};
constexpr SettingRow kSettings[] = {
    {"block-policy", Support::Irrelevant},
    {"debug", Support::Irrelevant},
    {"delay", Support::Irrelevant},
    {"fail-policy", Support::Irrelevant},
    {"fingerprints", Support::Irrelevant},
    {"hostid", Support::Irrelevant},
    {"keepcounters", Support::Irrelevant},
    {"limit", Support::Irrelevant},
    {"loginterface", Support::Irrelevant},
    {"optimization", Support::Irrelevant},
    {"reassemble", Support::Irrelevant},
    {"require-order", Support::Irrelevant},
    {"ruleset-optimization", Support::Irrelevant},
    {"skip", Support::Modelled},
    {"state-defaults", Support::Irrelevant},
    {"state-policy", Support::Irrelevant},
    {"syncookies", Support::Irrelevant},
    {"timeout", Support::Irrelevant},
};

}  // namespace

void PfParser::ParseSource(const Source& source, std::vector<PfStatement>& out) {
  PfLexer lexer(source, macros_);
  PfLexer* const outer = std::exchange(lexer_, &lexer);
  const PfToken now = now_;
  const Span last = last_;
  ++files_;
  Advance();
  Statements_(out, false);
  lexer_ = outer;
  now_ = now;
  last_ = last;
}

void PfParser::Statements_(Statements& out, bool in_body) {
  while (now_.kind != PfTokenKind::End) {
    if (now_.kind == PfTokenKind::Newline) {
      Advance();
      continue;
    }
    if (in_body && now_.Is("}")) return;
    const int depth = depth_;
    if (!failed_) Statement(out);
    if (!failed_ && !AtEnd()) Fail("`" + now_.text + "` is not understood here");
    if (!in_body && now_.Is("}")) Fail("`}` closes nothing");
    if (failed_) SkipStatement();
    failed_ = false;
    depth_ = depth;
  }
}

void PfParser::Statement(Statements& out) {
  if (now_.kind != PfTokenKind::Word) return Fail("`" + now_.text + "` starts no statement");
  const PfToken first = Take();
  if (now_.Is("=")) return Macro(first, out);
  Keyword(first, out);
}

void PfParser::Keyword(const PfToken& first, Statements& out) {
  using Parse = void (PfParser::*)(const PfToken&, Statements&);
  struct Row {
    std::string_view name;
    Parse parse;
  };
  static constexpr Row kRows[] = {
      {"altq", &PfParser::Queue},  {"include", &PfParser::Include}, {"load", &PfParser::Load},
      {"no", &PfParser::No},       {"queue", &PfParser::Queue},     {"set", &PfParser::Set},
      {"table", &PfParser::Table},
  };
  const auto* row = std::find_if(std::begin(kRows), std::end(kRows),
                                 [&](const Row& one) { return first.text == one.name; });
  if (row != std::end(kRows)) return (this->*row->parse)(first, out);
  Rule(first, {}, out);
}

/// `name = value…`: the words of the value, joined by one blank. Lists and macros in it are text.
void PfParser::Macro(const PfToken& name, Statements& out) {
  Advance();
  PfMacro macro{WordOf(name), {}};
  const Span first = now_.span;
  while (!failed_ && now_.kind != PfTokenKind::Newline && now_.kind != PfTokenKind::End) {
    const PfToken token = Take();
    if (!macro.value.text.empty()) macro.value.text += ' ';
    macro.value.text += token.text;
    if (macro.value.text.size() > kPfMaxMacro) return Fail("a macro is too long");
  }
  if (failed_) return;
  if (macro.value.text.empty() && last_.end <= first.begin) return Fail("a macro has no value");
  macro.value.span = Since(first);
  macros_.insert_or_assign(macro.name.text, macro.value.text);
  out.push_back({std::move(macro)});
}

void PfParser::Set(const PfToken& /*first*/, Statements& out) {
  PfSetting setting;
  setting.name = TakeText("the name of an option");
  const auto* row = std::find_if(std::begin(kSettings), std::end(kSettings),
                                 [&](const auto& one) { return setting.name.text == one.name; });
  if (failed_) return;
  if (row == std::end(kSettings)) {
    setting.support = Support::Unknown;
    file_.notes.push_back({Support::Unknown, setting.name, Facet::Egress, "an unknown pf option"});
    SkipStatement();
    out.push_back({std::move(setting)});
    return;
  }
  setting.support = row->support;
  if (setting.name.text == "skip") {
    SkipInterfaces(setting);
  } else {
    int open = 0;
    while (!failed_ && now_.kind != PfTokenKind::End) {
      if (now_.kind == PfTokenKind::Newline && open == 0) break;
      const PfToken token = Take();
      open += token.Is("{") || token.Is("(") ? 1 : token.Is("}") || token.Is(")") ? -1 : 0;
      if (token.kind != PfTokenKind::Newline) setting.words.push_back(WordOf(token));
    }
    if (setting.words.empty()) return Fail("an option has no value");
  }
  out.push_back({std::move(setting)});
}

/// `set skip on IF`, or a list of them; `!IF` and other signs are kept as words of their own.
void PfParser::SkipInterfaces(PfSetting& setting) {
  if (!TakeWord("on")) return Fail("`on` is missing");
  List([&] {
    if (now_.Is("!")) setting.words.push_back(WordOf(Take()));
    setting.words.push_back(TakeText("an interface"));
  });
}

void PfParser::Queue(const PfToken& first, Statements& out) {
  SkipStatement();
  out.push_back({PfQueue{WordOf(first)}});
}

void PfParser::Unread(const Word& path, std::string why) {
  file_.notes.push_back({Support::Unmodelled, path, Facet::Egress, std::move(why)});
}

void PfParser::Include(const PfToken& /*first*/, Statements& out) {
  const Word path = TakeText("a file name");
  if (failed_) return;
  const Source* source = reader_ ? reader_(path.text) : nullptr;
  if (source == nullptr) {
    out.push_back({PfMissing{path}});
    return Unread(path, "the included file is not known");
  }
  if (depth_ >= kPfMaxDepth / 2 || files_ >= kPfMaxFiles)
    return Fail("too many files are included");
  ++depth_;
  ParseSource(*source, out);
  --depth_;
}

void PfParser::Load(const PfToken& /*first*/, Statements& out) {
  if (!TakeWord("anchor")) return Fail("`anchor` is missing");
  PfLoad load;
  load.anchor = TakeText("the name of an anchor");
  if (!TakeWord("from")) return Fail("`from` is missing");
  load.file = TakeText("a file name");
  if (failed_) return;
  const Source* source = reader_ ? reader_(load.file.text) : nullptr;
  if (source != nullptr) {
    if (depth_ >= kPfMaxDepth / 2 || files_ >= kPfMaxFiles)
      return Fail("too many files are loaded");
    ++depth_;
    // pfctl reads it after everything else and in a name space of its own: no macro holds there.
    PfMacros macros = std::exchange(macros_, {});
    ParseSource(*source, load.body);
    macros_ = std::move(macros);
    --depth_;
    load.found = true;
  } else {
    Unread(load.file, "the file of the anchor is not known");
  }
  out.push_back({std::move(load)});
}

}  // namespace sandlint
