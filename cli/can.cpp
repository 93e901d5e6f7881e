#include "cli/can.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <utility>

#include "cli/command.h"
#include "cli/console.h"
#include "cli/withhold.h"
#include "rules/secrets.h"

namespace sandlint {
namespace {

constexpr const char* kExamples =
    "  sandlint can OP TARGET [--server NAME] [--config FILE] [-- ARGV...]\n"
    "  sandlint can --batch FILE\n"
    "\n"
    "OP is read, write, exec, connect or getenv. A path names a path on the host; inside:/path\n"
    "names one in the sandbox. connect takes tcp://HOST:PORT, udp://[V6]:PORT, icmp://HOST,\n"
    "unix:/path and unix:@abstract. A question about a directory is about everything in it.\n"
    "\n"
    "Examples:\n"
    "  sandlint can read ~/.ssh/id_rsa -- bwrap --ro-bind / / node server.js\n"
    "  sandlint can write . -- docker run --rm -v /home/me:/work image\n"
    "  sandlint can connect tcp://api.github.com:443 -- bwrap --unshare-net --dev-bind / / node "
    "x.js\n"
    "  sandlint can getenv AWS_SECRET_ACCESS_KEY -- env -i PATH=/usr/bin node server.js\n"
    "  sandlint can connect tcp://192.0.2.1:443 --firewall /etc/nftables.conf --user mcp\n"
    "  sandlint can read ~/.aws --server github --config .mcp.json\n"
    "  echo '{\"id\":1,\"op\":\"read\",\"target\":\"~/.ssh\",\"argv\":[\"node\",\"x.js\"]}' | "
    "sandlint can "
    "--batch -\n"
    "\n"
    "Exit code: 0 yes, 1 no, 3 unknown, 2 error; with --batch 0 if every line got an answer, else "
    "2.";

struct Options {
  Question question;
  std::string batch;
  std::string format = "text";
};

std::string LineOf(const AnswerPlace& place) {
  std::string where;
  if (!place.file.empty()) {
    where =
        fmt::format("{}:{}:{}", Visible(place.file), place.position.line, place.position.column);
  }
  if (place.argv_index >= 0) {
    where += fmt::format("{}argv[{}]", where.empty() ? "" : " ", place.argv_index);
  }
  return fmt::format("  because  {}{}{}", where, where.empty() ? "" : "  ", Visible(place.text));
}

std::string TextOf(const Question& question, const Reply& reply) {
  const Masker& masker = MaskerOf(reply);
  const auto shown = [&](const std::string& text) { return Visible(masker.TextOfAny(text)); };
  std::string text = fmt::format("{}: {} {}\n", NameOf(reply.answer), Visible(question.operation),
                                 Visible(question.target));
  if (reply.backing) {
    text += fmt::format(
        "  access   {}; backing {}{}\n", reply.rights->None() ? "none" : NamesOf(*reply.rights),
        NameOf(*reply.backing), reply.alias.empty() ? "" : "; inside at " + shown(reply.alias));
  }
  if (!reply.via.empty()) text += fmt::format("  via      {}\n", reply.via);
  for (const Evidence& evidence : reply.because) {
    text += LineOf(PlaceOf(evidence, masker));
    if (!evidence.note.empty()) text += fmt::format("  ({})", shown(evidence.note));
    text += '\n';
  }
  if (reply.starts && *reply.starts != Answer::Yes) {
    text += fmt::format("  starts   {}\n", NameOf(*reply.starts));
  }
  text += fmt::format("  confidence {}\n", NameOf(reply.confidence));
  for (const std::string& assumption : reply.assuming) {
    text += fmt::format("  assuming {}\n", shown(assumption));
  }
  return text;
}

int CodeOf(Answer answer) {
  switch (answer) {
    case Answer::Yes:
      return kDone;
    case Answer::No:
      return kFindings;
    case Answer::Unknown:
      return kUnsure;
  }
  return kIncomplete;
}

int RunCan(const Options& options) {
  if (!options.batch.empty()) return RunBatch(options.batch, options.question);
  if (options.question.operation.empty() || options.question.target.empty()) {
    Complain(
        "a question is OP TARGET, as in `sandlint can read ~/.ssh -- bwrap …`; `sandlint can "
        "--help` shows more");
    return kIncomplete;
  }
  Knowledge knowledge;
  const Reply reply = Ask(options.question, knowledge);
  if (!reply.problem.empty()) {
    Complain("{}", reply.problem);
    return kIncomplete;
  }
  if (reply.workspace != nullptr) WithholdFromOutput(SecretsIn(*reply.workspace, {}));
  const bool written = WriteOut(options.format == "json" ? ReplyJson(reply, {}) + "\n"
                                                         : TextOf(options.question, reply));
  return written ? CodeOf(reply.answer) : kIncomplete;
}

void AddOptions(CLI::App& app, Options& options) {
  Question& question = options.question;
  app.add_option("OP", question.operation, "read, write, exec, connect or getenv");
  app.add_option("TARGET", question.target, "A path, an address, or the name of a variable");
  app.add_option("--server", question.server, "The server, where a config declares several")
      ->type_name("NAME");
  app.add_option("--config", question.config, "A config file or a tree; default: this directory")
      ->type_name("FILE");
  app.add_option("--firewall", question.firewalls,
                 "Rules that govern the host (nftables); with --user alone they are asked about by "
                 "themselves")
      ->type_name("FILE")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
  app.add_option("--user", question.host.user, "Who runs the client")->type_name("NAME|UID");
  app.add_option("--passwd", question.host.passwd, "Where users are looked up")->type_name("FILE");
  app.add_option(
         "--host", question.host.kind,
         "symbolic (an ordinary machine, default), live (this one), or a FILE that describes "
         "one")
      ->type_name("KIND");
  app.add_option("--home", question.host.home, "The home of that user")->type_name("DIR");
  app.add_option("--batch", options.batch, "Read questions as NDJSON; - is stdin")
      ->type_name("FILE");
  app.add_option("--format", options.format, "text (default) or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->type_name("NAME");
}

std::function<int()> DeclareCan(CLI::App& app, const Invocation& invocation) {
  auto options = std::make_shared<Options>();
  AddOptions(app, *options);
  options->question.argv = invocation.launch;
  return [options] { return RunCan(*options); };
}

}  // namespace

const Masker& MaskerOf(const Reply& reply) {
  struct Known {
    std::shared_ptr<const Workspace> workspace;
    std::unique_ptr<Masker> masker;
    Run run;
  };
  static Known known;
  if (known.masker != nullptr && known.workspace == reply.workspace) return *known.masker;
  known.workspace = reply.workspace;
  known.run = {};
  if (reply.workspace != nullptr) known.run.secrets = SecretsIn(*reply.workspace, {});
  known.masker = std::make_unique<Masker>(known.run);
  return *known.masker;
}

AnswerPlace PlaceOf(const Evidence& evidence, const Masker& masker) {
  AnswerPlace place;
  place.argv_index = evidence.argv_index;
  place.text = masker.TextOfAny(evidence.text);
  const Source* source = evidence.span.source;
  if (source == nullptr || source->is_argv) return place;
  place.file = source->path;
  place.position = PositionOf(*source, evidence.span.begin);
  return place;
}

const Command kCan{"can", "Answer one question about a launch, with the words that decide",
                   kExamples, DeclareCan};

}  // namespace sandlint
