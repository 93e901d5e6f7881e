#include "harden/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harden/words.h"

namespace sandlint {
namespace {

/// Folders inside of a package: what stands beside them is read too.
constexpr auto kInnerFolders =
    std::to_array<std::string_view>({"bin", "build", "dist", "lib", "out", "src"});

std::string FolderOf(const HardenPlan& plan) { return "/.local/share/mcp-servers/" + plan.name; }

PlanWord PackageFolder(const HardenPlan& plan) {
  return Below({{PlanPiece::Kind::Home, {}}}, FolderOf(plan));
}

/// The directory that holds a program together with what it loads.
std::string_view HomeOfProgram(std::string_view path) {
  if (const std::size_t modules = path.find("/node_modules/"); modules != path.npos) {
    return path.substr(0, modules);
  }
  std::string_view folder = path.substr(0, path.rfind('/'));
  const std::size_t slash = folder.rfind('/');
  const std::string_view name = slash == folder.npos ? folder : folder.substr(slash + 1);
  if (slash != folder.npos && std::ranges::find(kInnerFolders, name) != kInnerFolders.end()) {
    folder = folder.substr(0, slash);
  }
  return folder;
}

void Show(HardenPlan& plan, PlanWord path, std::string why) {
  plan.paths.push_back({std::move(path), false, false, false, std::move(why)});
}

/// Too much is in it to show it for one program.
bool IsWide(std::string_view plain, const HostFacts& host) {
  constexpr auto kWide = std::to_array<std::string_view>(
      {"", "/", "/Users", "/home", "/mnt", "/opt", "/root", "/srv", "/tmp", "/usr", "/var", "~"});
  const std::string home = host.Caller().home;
  // A home that nobody has said to be one.
  const bool other = (plain.starts_with("/home/") || plain.starts_with("/Users/")) &&
                     plain.find('/', plain.find('/', 1) + 1) == plain.npos;
  return other || std::ranges::find(kWide, plain) != kWide.end() ||
         home.starts_with(std::string(plain) + "/");
}

/// A script or program that is named by a path.
void AddFile(HardenPlan& plan, const Word& word, const HardenFacts& facts) {
  const std::string& text = word.text;
  if (text.find('/') == text.npos && text.find('.') == text.npos) return;  // a name on the PATH
  if (text.starts_with("/usr/") || text.starts_with("/bin/")) return;
  if (!text.starts_with('/') && !text.starts_with('~')) {
    return Show(plan, {{PlanPiece::Kind::Project, {}}}, "its program is in the project");
  }
  Word folder = word;
  folder.text = std::string(HomeOfProgram(text));
  if (IsWide(PlainWord(PlanWordOf(folder, facts)), *facts.host)) {
    folder.text = text.substr(0, text.rfind('/'));  // ~/src/app.py
  }
  if (IsWide(PlainWord(PlanWordOf(folder, facts)), *facts.host)) folder.text = text;
  std::erase_if(folder.holes, [&](const Hole& hole) { return hole.end > folder.text.size(); });
  if (folder.text.empty()) {
    plan.unmet.push_back(fmt::format("its program {} stands in the root: bind it by hand", text));
    return;
  }
  Show(plan, PlanWordOf(folder, facts), "its program");
}

std::string Pinned(const ProgramRef& package, std::string_view separator) {
  return package.version.empty() ? package.name
                                 : fmt::format("{}{}{}", package.name, separator, package.version);
}

void AddNpmPackage(HardenPlan& plan, const ProgramRef& package) {
  const PlanWord folder = PackageFolder(plan);
  plan.package = {"npm", Pinned(package, "@"), folder, {}};
  Show(plan, folder, "its package");
  plan.program = {{PlanPiece::Kind::Text, "npx"}};
  // npx starts what is installed under the prefix, and asks no registry.
  for (const char* option : {"--offline", "--prefix"}) {
    plan.arguments.push_back({{PlanPiece::Kind::Text, option}});
  }
  plan.arguments.push_back(folder);
  plan.arguments.push_back({{PlanPiece::Kind::Text, plan.package.spec}});
  plan.steps.push_back(
      fmt::format("npm install --prefix {} {}", ShellWord(folder), ShellQuote(plan.package.spec)));
}

void AddPythonPackage(HardenPlan& plan, const ProgramRef& package, const Word& program) {
  const PlanWord folder = PackageFolder(plan);
  // `uvx name==1.0` names the package, `uvx --from name==1.0 program` the program in it.
  const std::string name = program.text.substr(0, program.text.find_first_of("=<>~!@["));
  plan.package = {"pypi", Pinned(package, "=="), folder, name};
  Show(plan, folder, "its package");
  plan.program = Below(folder, "/bin/" + name);
  plan.steps.push_back(fmt::format("python3 -m venv {0} && {0}/bin/pip install {1}",
                                   ShellWord(folder), ShellQuote(plan.package.spec)));
}

}  // namespace

namespace {

/// What is done around the server and would be lost.
std::string RefusalOf(const std::vector<Layer>& layers) {
  for (const Layer& layer : layers) {
    const bool sandbox = layer.kind == LayerKind::Sandbox || layer.kind == LayerKind::Container;
    if (layer.kind == LayerKind::Transparent && layer.tool == "uv") {
      return "uv makes its environment at each start: run `uv sync` once and name what is in "
             ".venv/bin, with whole paths";
    }
    const bool of_npm = layer.kind == LayerKind::Transparent && layer.tool == "npm";
    if (of_npm && layers.back().kind == LayerKind::Program &&
        layers.back().program.text.find('/') == std::string::npos) {
      return "npm finds its program in node_modules/.bin: name it with its path";
    }
    if (layer.chdir && !sandbox) {
      return "its launch changes the directory: name its files by whole paths instead";
    }
  }
  return {};
}

}  // namespace

ProgramWords WordsOfProgram(const Server& server) {
  ProgramWords words;
  if (server.Remote()) {
    words.refused = "it runs elsewhere, behind a URL: there is no process to shut in";
    return words;
  }
  if (server.launches.empty()) {
    words.refused = server.decl.why_not.empty() ? "no launch of it is known" : server.decl.why_not;
    return words;
  }
  const std::vector<Layer>& layers = server.launches.front().layers;
  const Layer& last = layers.back();
  if (last.kind == LayerKind::Opaque) {
    words.refused =
        fmt::format("what its command starts is not understood ({})", last.program.text);
    return words;
  }
  const Layer* before = layers.size() > 1 ? &layers[layers.size() - 2] : nullptr;
  if (before != nullptr && before->kind == LayerKind::Container) {
    words.refused = "it is part of a container image: narrow its run line instead";
    return words;
  }
  words.refused = RefusalOf(layers);
  if (!words.refused.empty()) return words;
  std::vector<Word> argv = last.words;
  if (before != nullptr && before->kind == LayerKind::Launcher && before->package) {
    words.package = before->package;
  } else if (before != nullptr && before->kind == LayerKind::Interpreter) {
    if (before->package && before->package->ecosystem == "file" && !before->words.empty()) {
      words.script = before->words.size() - 1;
    }
    // `-m module`: the word that names it belongs to both.
    auto end = before->words.end();
    const bool shared = !argv.empty() && !before->words.empty() &&
                        before->words.back().span == argv.front().span &&
                        before->words.back().argv_index == argv.front().argv_index;
    if (shared) --end;
    argv.insert(argv.begin(), before->words.begin(), end);
  }
  if (argv.empty()) {
    words.refused = "its command is empty";
    return words;
  }
  words.program = argv.front();
  words.arguments.assign(argv.begin() + 1, argv.end());
  return words;
}

std::vector<Word> OwnArguments(const ProgramWords& words) {
  std::vector<Word> own;
  for (std::size_t index = 0; index < words.arguments.size(); ++index) {
    if (index != words.script) own.push_back(words.arguments[index]);
  }
  return own;
}

void AddProgram(HardenPlan& plan, const ProgramWords& words, const HardenFacts& facts) {
  if (words.package && words.package->ecosystem == "npm") {
    AddNpmPackage(plan, *words.package);
  } else if (words.package && words.package->ecosystem == "pypi") {
    AddPythonPackage(plan, *words.package, words.program);
  } else {
    plan.program = PlanWordOf(words.program, facts);
    AddFile(plan, words.program, facts);
    if (words.script < words.arguments.size()) {
      AddFile(plan, words.arguments[words.script], facts);
    }
  }
  if (words.package && words.package->version.empty()) {
    plan.unmet.push_back(
        fmt::format("{} has no version: name one, so that what was reviewed is what runs",
                    words.package->name));
  }
  for (const Word& word : words.arguments) plan.arguments.push_back(PlanWordOf(word, facts));
}

}  // namespace sandlint
