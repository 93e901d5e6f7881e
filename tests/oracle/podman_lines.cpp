// Generated options of `podman run`.

#include "oracle/podman_lines.h"

#include <algorithm>
#include <random>

namespace sandlint::oracle {
namespace {

// Each is given on its own; `%` is the folder.
const std::vector<Strings>& Pieces() {
  static const std::vector<Strings> all = {
      {"-v", "%:/data"},
      {"-v", "%:/data:ro"},
      {"-v", "%/sub:/data/sub"},
      {"-v", "%/a:/w/a:ro"},
      {"-v", "%/secret:/w/secret"},
      {"-v=%/sub:/m:rw"},
      {"--volume", "%/mine:/w/mine"},
      {"-v", "%:/m:O"},
      {"-v", "%/nope:/w"},
      {"-v", "%/s.sock:/w/s.sock:ro"},
      {"-v", "%/link:/w/link"},
      {"-v", "%/locked:/m"},
      {"-v", "named:/data"},
      {"-v", "%/../spare/given:/m:U"},
      {"--mount", "type=bind,src=%/../spare/given,dst=/m,U=true"},
      {"--mount", "type=volume,dst=/m,volume-opt=type=none,volume-opt=device=%,volume-opt=o=bind"},
      {"--mount", "type=volume,dst=/m,volume-opt=device=%,\"volume-opt=o=bind,rw\""},
      {"--mount", "\"type=bind\",src=%,dst=/m"},
      {"-v", "%/../host/sub:/m"},
      {"-v", ".:/m:ro"},
      {"-v", "../host:/m"},
      {"-v", "%/link:/w/link:ro"},
      {"--mount", "type=bind,src=./sub,dst=/m"},
      {"-v", "%/sub:/m:O,upperdir=%/../spare/upper,workdir=%/../spare/work"},
      {"-v", "%:/data:rbind,rprivate"},
      {"-v", "%/s.sock:/run/s.sock"},
      {"--device", "/dev/null:/w/null"},
      {"--device=/dev/zero"},
      {"--userns", "keep-id"},
      {"--userns=nomap"},
      {"--uidmap", "0:0:5000"},
      {"--group-add", "keep-groups"},
      {"--env-file", "%/env"},
      {"-e", "FOO"},
      {"--env", "GITHUB_*"},
      {"--entrypoint", "[\"/probe\"]"},
      {"--init-path", "%/a"},
      {"--security-opt", "unmask=ALL"},
      {"--security-opt", "mask=/proc/cpuinfo"},
      {"--cap-add", "dac_override", "--user", "1000"},
      {"--cap-add=ALL", "--user=1000"},
      {"--tmpfs", "/data/locked"},
      {"--tmpfs", "/m"},
      {"-v", "%/locked:/data/locked"},
      {"--read-only", "--tmpfs", "/w"},
      {"--cgroupns=host"},
      {"--hostuser", "nobody"},
      {"--passwd=false"},
      {"--ulimit", "core=0"},
      {"--systemd=always"},
      {"-v", "/data"},
      {"-v", "./sub:/m"},
      {"-v", "%:/home/app:ro,nosuid"},
      {"-v", "%/sub:/etc/app"},
      {"--mount", "type=bind,src=%,dst=/data"},
      {"--mount", "type=bind,source=%,target=/m,ro"},
      {"--mount=type=bind,src=%/sub,destination=/data,readonly=true"},
      {"--mount", "type=bind,src=%/a,dst=/w/a,ro=false"},
      {"--mount", "type=tmpfs,dst=/m"},
      {"--mount", "type=volume,src=named,dst=/m"},
      {"--mount", "type=bind,src=%/nope,dst=/m"},
      {"--tmpfs", "/data"},
      {"--tmpfs=/m:ro"},
      {"--tmpfs", "/data/sub:rw,mode=0700"},
      {"--read-only"},
      {"--read-only=false"},
      {"--read-only-tmpfs=false"},
      {"--read-only", "--read-only-tmpfs=false"},
      {"--user", "1000"},
      {"-u", "0"},
      {"--user=1000:1000"},
      {"--user", "app"},
      {"-u1000:0"},
      {"--user", "nosuch"},
      {"--user", "65534"},
      {"--group-add", "1500"},
      {"--cap-drop", "ALL"},
      {"--cap-drop=all"},
      {"--cap-drop", "DAC_OVERRIDE"},
      {"--cap-add", "NET_RAW"},
      {"--cap-add=DAC_READ_SEARCH"},
      {"--cap-drop=ALL", "--cap-add=CHOWN"},
      {"--cap-add", "SYS_ADMIN"},
      {"--privileged"},
      {"--privileged=false"},
      {"--privileged", "--cap-drop=ALL"},
      {"--security-opt", "no-new-privileges"},
      {"--security-opt=no-new-privileges:true"},
      {"--security-opt", "no-new-privileges:false"},
      {"--security-opt", "seccomp=unconfined"},
      {"--security-opt=label=disable"},
      {"--pid=host"},
      {"--pid=host", "--user", "1000"},
      {"-v", "/:/h:ro", "--user", "1000"},
      {"--ipc=host"},
      {"--uts", "host"},
      {"--userns=host"},
      {"-e", "AWS_SECRET_ACCESS_KEY"},
      {"-e", "TOKEN=v"},
      {"-e", "NOTSET"},
      {"-e", "AWS_*"},
      {"-ieFOO=1"},
      {"--env", "GITHUB_TOKEN="},
      {"--env-host"},
      {"--http-proxy=false"},
      {"--unsetenv", "PATH"},
      {"--unsetenv-all"},
      {"-w", "/data"},
      {"--rm"},
      {"-i"},
      {"--hostname", "box"},
      {"--pids-limit=50"},
      {"-m", "256m"},
      {"--no-hosts"},
      {"--add-host", "x:127.0.0.1"},
      {"--entrypoint", "/probe"},
      {"--label", "a=b"},
      {"--stop-timeout=1"},
      {"--frob"},
      {"--shm-size", "1m"},
      {"--umask=0077"},
      {"--tz=UTC"}};
  return all;
}

std::string Filled(std::string word, const std::string& folder) {
  for (std::size_t at = word.find('%'); at != word.npos; at = word.find('%', at + folder.size())) {
    word.replace(at, 1, folder);
  }
  return word;
}

}  // namespace

Strings MakePodmanLine(std::uint64_t seed, std::size_t number, const std::string& folder) {
  std::mt19937_64 random(seed * 1'000'003 + number);
  static const std::vector<Strings> kNetworks = {{"--network", "none"}, {"--network=none"},
                                                 {"--net=host"},        {"--network=host"},
                                                 {"--network", "none"}, {"--net", "none"}};
  std::vector<Strings> groups{kNetworks[random() % kNetworks.size()]};
  const auto& pieces = Pieces();
  groups.push_back(pieces[number * 29 % pieces.size()]);
  const std::size_t binds = 28;  // the first ones show something of the host
  groups.push_back(pieces[random() % binds]);
  for (std::size_t at = random() % 3; at > 0; --at) {
    groups.push_back(pieces[random() % pieces.size()]);
  }
  std::shuffle(groups.begin(), groups.end(), random);
  Strings words;
  for (const Strings& group : groups) {
    for (const std::string& word : group) words.push_back(Filled(word, folder));
  }
  return words;
}

Strings PodmanTargets() {
  return {"/data",        "/data/sub",  "/m",          "/w",        "/w/a",     "/w/secret",
          "/w/mine",      "/w/s.sock",  "/w/link",     "/home/app", "/etc/app", "/etc/passwd",
          "/tmp",         "/run",       "/var/tmp",    "/dev/null", "/dev/shm", "/data/a",
          "/data/secret", "/data/mine", "/data/sub/f", "/m/f",      "/m/k"};
}

}  // namespace sandlint::oracle
