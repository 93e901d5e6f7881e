#include "oracle/past_lines.h"

#include <random>

namespace sandlint::oracle {
namespace {

using Random = std::mt19937_64;

std::string OneOf(Random& random, const Strings& of) { return of[random() % of.size()]; }
bool Chance(Random& random, unsigned percent) { return random() % 100 < percent; }

std::string Replaced(std::string text, const std::string& mark, const std::string& by) {
  for (std::size_t at = text.find(mark); at != text.npos; at = text.find(mark, at + by.size())) {
    text.replace(at, mark.size(), by);
  }
  return text;
}

/// Before the sandbox, and behind its command; `@` is a path.
struct Way {
  std::string before, options, argument, redirect;
};
const std::vector<Way>& KeyWays() {
  static const std::vector<Way> ways = {
      {},
      {"exec 3<@; ", "", "", ""},
      {"exec 3<@; exec 4<&3; exec 3<&-; ", "", "", ""},
      {"exec 3<@; exec 3<&-; ", "", "", ""},
      {"", "", "", " 3<@"},
      {"", "", "", " <@"},
      {"", "", "", " 9<>@"},
      {"", "", "", " 3<@ 3<&-"},
      {"", "--ro-bind-data 3 /k ", "", " 3<@"},
      {"", "--file 3 /tmp/k ", "", " 3<@"},
      {"cat @ | ", "", "", ""},
      {"{ cat @; } | ", "", "", ""},
      {"head -c 99 @ | cat | ", "", "", ""},
      {"X=$(cat @); export X; ", "", "", ""},
      {"X=$(head -1 @) ", "", "", ""},
      {"read -r X < @; export X; ", "", "", ""},
      {"", "", " \"$(cat @)\"", ""},
      {"", "--setenv K \"$(cat @)\" ", "", ""},
      {"cp -r @ /tmp/c; ", "", "", ""},
      {"cat @ > /tmp/c; ", "", "", ""},
      {"mv @ /tmp/c; ", "", "", ""},
      {"while read -r l; do X=$l; done < @; export X; ", "", "", ""},
      {"ln -s @ /tmp/l; ", "--ro-bind /tmp/l /k ", "", ""},
      {"flock @ ", "", "", ""},
      {"cd ~/.ssh; X=$(cat id_rsa); cd ~/project; export X; ", "", "", ""},
  };
  return ways;
}

struct TokenWay {
  std::string before, options, inside;
};
const std::vector<TokenWay>& TokenWays() {
  static const std::vector<TokenWay> ways = {
      {},
      {"unset TOKEN; ", "", ""},
      {"X=$TOKEN; export X; unset TOKEN; ", "", ""},
      {"X=$TOKEN ", "--unsetenv TOKEN ", ""},
      {"", "--unsetenv TOKEN ", ""},
      {"", "--clearenv ", ""},
      {"", "", "env -u TOKEN "},
      {"", "", "timeout 5 env -u TOKEN "},
      {"", "", "flock /tmp env -u TOKEN "},
      {"", "", "env -i timeout 5 "},
      {"", "--unsetenv TOKEN ", "timeout 5 "},
      {"", "", "env -u TOKEN timeout 5 "},
      {"", "--unsetenv TOKEN --setenv X \"a$TOKEN\" ", ""},
  };
  return ways;
}

std::string ToolFor(Random& random) {
  if (Chance(random, 70)) return "bwrap";
  return OneOf(random, {"/usr/bin/bwrap", "./bin/bwrap", "/home/sam/project/bin/bwrap",
                        "env PATH=./bin:/usr/bin:/bin bwrap", "env PATH=/usr/bin:./bin bwrap"});
}

std::string SandboxFor(Random& random) {
  return OneOf(random, {"--ro-bind / / --tmpfs /home ", "--ro-bind / / --tmpfs /home --proc /proc ",
                        "--ro-bind / / --tmpfs /home --tmpfs /tmp --proc /proc --unshare-pid ",
                        "--bind / / --tmpfs /home/sam/.ssh ",
                        "--ro-bind / / --tmpfs /home/sam --tmpfs /proc ",
                        "--ro-bind / / --tmpfs /home --unshare-all --proc /proc --as-pid-1 "});
}

}  // namespace

StageFiles PastTree() {
  return {{"bin/bwrap", "#!/bin/sh\nwhile [ \"$1\" != -- ]; do shift; done\nshift\nexec \"$@\"\n"}};
}

PastLine MakePastLine(std::uint64_t seed, std::size_t number) {
  Random random(seed * 1'000'003 + number);
  const Way& key = KeyWays()[number % KeyWays().size()];
  const TokenWay& token = TokenWays()[random() % TokenWays().size()];
  const std::string path =
      OneOf(random, {kPastKey, kPastKey, "~/.ssh/id_rsa", "../.ssh/id_rsa", "/home/sam",
                     "/home/sam/.ssh", "/home/sam/project", "/home/sam/project/bin/bwrap", "/tmp"});
  const bool chained = key.before.ends_with("| ") || key.before.starts_with("flock") ||
                       key.before.starts_with("X=$(head") || token.before.ends_with("TOKEN ");
  std::string line =
      key.before.ends_with("; ") ? key.before + token.before : token.before + key.before;
  if (!chained && Chance(random, 50)) line += "exec ";
  line += ToolFor(random) + ' ' + SandboxFor(random) + key.options + token.options + "-- " +
          token.inside + kPastProbe + key.argument + key.redirect;
  if (Chance(random, 15)) line += "; :";
  PastLine made;
  made.argv = {OneOf(random, {"sh", "dash", "bash"}), "-c", Replaced(line, "@", path)};
  if (Chance(random, 20)) made.argv.insert(made.argv.begin(), {"timeout", "9"});
  made.tree = Chance(random, 50);
  return made;
}

}  // namespace sandlint::oracle
