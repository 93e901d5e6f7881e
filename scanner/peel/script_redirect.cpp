// Redirections: here-documents, files that the script writes and reads, descriptors.

#include <charconv>

#include "scanner/peel/program.h"
#include "scanner/peel/script_path.h"

namespace sandlint {
namespace {

int DefaultDescriptor(const std::string& op) { return op.starts_with('<') ? 0 : 1; }

}  // namespace

void ScriptPath::Redirect(const ShellNode& node, std::map<int, ShellData>& saved,
                          std::optional<Word>& file) {
  for (const ShellRedirect& redirect : node.redirects) {
    if (flow_ != Flow::On) return;
    const int number =
        redirect.descriptor >= 0 ? redirect.descriptor : DefaultDescriptor(redirect.op);
    const bool here = redirect.op == "<<" || redirect.op == "<<-" || redirect.op == "<<<";
    ShellData data;
    if (here) {
      data.known = true;
      data.text = ExpandText(redirect.target);
      if (redirect.op == "<<<") AppendText(data.text, "\n");
    } else if (redirect.op == "<" || redirect.op == "<>") {
      data = ReadFile(ExpandText(redirect.target));
    } else if (redirect.op == "<&") {
      const Word from = ExpandText(redirect.target);
      int source = -1;
      std::from_chars(from.text.data(), from.text.data() + from.text.size(), source);
      if (const auto found = state_.descriptors.find(source); found != state_.descriptors.end()) {
        data = found->second;
      }
      if (source == number || source == 0) continue;
    } else {
      const Word target = ExpandText(redirect.target);
      const bool to_file =
          redirect.op == ">" || redirect.op == ">>" || redirect.op == ">|" || redirect.op == "&>";
      if (to_file && target.text != "/dev/null" && number <= 1) {
        file = target;
        append_ = redirect.op == ">>";
      }
      if (number <= 1) {
        captures_output_ = true;
        output_ = {true, WordAt("", redirect.span), 0, std::nullopt};
        if (!file) file = WordAt("/dev/null", redirect.span);
      }
      continue;
    }
    const auto before = state_.descriptors.find(number);
    saved[number] = before == state_.descriptors.end() ? ShellData{} : before->second;
    state_.descriptors[number] = std::move(data);
  }
}

Word ScriptPath::Absolute(const Word& path) const {
  if (path.text.starts_with('/') || path.StartsUnknown()) return path;
  Word result;
  if (state_.directory) {
    result = *state_.directory;
  } else if (context_.host != nullptr) {
    result = WordAt(context_.host->WorkingDirectory(), path.span);
  } else {
    return path;
  }
  AppendText(result, "/");
  AppendWord(result, path);
  result.span = path.span;
  return result;
}

std::optional<std::string> ScriptPath::ReadTree(const Word& path, std::string& tree_path) const {
  tree_path = PathInTree(Absolute(path), context_);
  if (tree_path.empty()) tree_path = PathInTree(path, context_);
  return ReadInTree(tree_path, context_);
}

ShellData ScriptPath::ReadFile(const Word& path) {
  if (path.text == "/dev/null") return {true, WordAt("", path.span), 0, std::nullopt};
  const auto written = written_.find(CleanAbsolute(path));
  if (written != written_.end()) {
    ShellData data = written->second;
    data.at = 0;
    return data;
  }
  std::string tree_path;
  auto text = ReadTree(path, tree_path);
  if (!text) return {};
  ShellData data;
  data.known = true;
  data.text = WordAt(std::move(*text), path.span);
  return data;
}

void ScriptPath::WriteFile(const Word& path, const ShellData& data, bool) {
  if (path.text == "/dev/null" || path.text.starts_with("/dev/")) return;
  const std::string name = CleanAbsolute(path);
  ShellData& file = written_[name];
  if (append_ && file.known && data.known) {
    AppendWord(file.text, data.text);
  } else {
    file = append_ ? ShellData{} : data;
  }
  append_ = false;
  file.at = 0;
  made_.push_back({WordAt(name, path.span), false, 0644});
}

}  // namespace sandlint
