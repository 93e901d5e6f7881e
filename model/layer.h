#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/boxed.h"
#include "model/support.h"
#include "model/word.h"

namespace sandlint {

enum class LayerKind : std::uint8_t {
  Transparent,  ///< timeout, nice, nohup, tini: starts the rest and changes nothing that counts
  Environment,  ///< env
  User,         ///< sudo, su, runuser, setpriv
  Shell,        ///< sh -c, bash -lc
  Sandbox,      ///< bwrap, firejail, sandbox-exec, srt, nsjail, unshare, chroot
  Container,    ///< docker run, podman run
  Launcher,     ///< npx, uvx, pipx, bunx: fetches a package and starts it
  Interpreter,  ///< node, python, deno: runs a script
  Program,      ///< the server itself
  Opaque,       ///< something in the way that is not understood: every facet behind it is unknown
};

enum class MountKind : std::uint8_t {
  Bind,     ///< source (outside) appears at target
  Overlay,  ///< overlay_sources below, `source` takes the writes (empty: they are ephemeral)
  Tmpfs,    ///< empty, ephemeral
  Volume,   ///< a named or anonymous volume: neither host nor lost at the end
  Proc,     ///< a procfs (the outer one when the pid namespace is shared)
  Devices,  ///< bwrap --dev: a minimal /dev
  Mqueue,
  Directory,        ///< mkdir -p
  File,             ///< --file: data written into whatever is at target
  Data,             ///< --bind-data: an anonymous copy over target
  Symlink,          ///< source is the link's text, target the link
  RemountReadOnly,  ///< target, not recursive
  Chmod,            ///< source is the mode
};

/// One operation on the file system view, in the order in which the tool applies it. Words keep the
/// spelling of the launch; resolving them is the evaluator's business.
struct Mount {
  MountKind kind = MountKind::Bind;
  Word option;  ///< the option that asked for it: `--ro-bind`, `-v`
  Word source;
  Word target;
  std::vector<Word> overlay_sources;
  bool read_only = false;
  bool devices = false;   ///< device nodes below it can be opened (--dev-bind)
  bool optional = false;  ///< a missing source is no error (--bind-try)
  bool recursive_read_only = true;
  bool gives_owner = false;  ///< the files of the source are given to the user inside
  std::optional<std::uint32_t> mode;  ///< --perms, tmpfs mode
};

enum class EnvKind : std::uint8_t {
  Reset,     ///< everything goes, except the names in `keep`
  Set,       ///< name = value
  Unset,     ///< name goes
  Copy,      ///< name (or glob `AWS_*`) is taken from the environment outside of this layer
  CopyAll,   ///< everything is taken from outside (podman --env-host)
  FromFile,  ///< value names a file of assignments that could not be read here
};

/// One edit of the environment, in the order in which the tool applies it.
struct EnvEdit {
  EnvKind kind = EnvKind::Set;
  Word option;
  Word name;
  Word value;
  std::vector<std::string> keep;  ///< exact names or globs, for Reset
};

enum class NetworkMode : std::uint8_t {
  Inherit,  ///< the network namespace outside of this layer
  None,     ///< a namespace with nothing but its own loopback
  Host,     ///< the host's, from inside a container
  Private,  ///< its own namespace with a way out (bridge, NAT, slirp4netns)
  Shared,   ///< that of another container or pod: not known here
  Unknown,
};

/// One line of what a layer lets out, beside the network namespace that it gives.
struct NetworkRule {
  Answer verdict = Answer::Yes;  ///< may what it names be reached?
  std::string protocol;          ///< tcp, udp, icmp; empty: any
  std::string host;              ///< a name, an address, `*.suffix`, `*`; `loopback`: that of here;
                                 ///< `private`: neighbours in a network
  std::uint32_t port = 0;        ///< 0: any
  Word word;
};

/// What a layer lets out by name or port: the first rule that names a destination counts.
struct NetworkFilter {
  std::vector<NetworkRule> rules;
  Answer others = Answer::No;  ///< what no rule names
  Word word;                   ///< what asked for the filter
  /// The only way out is a proxy that variables name: what does not ask it reaches nothing.
  bool by_proxy = false;
};

struct NetworkSetting {
  NetworkMode mode = NetworkMode::Inherit;
  Word word;  ///< the word that decides, empty for a default
  /// A private network through which the host's own loopback can be reached
  /// (slirp4netns:allow_host_loopback=true, host-gateway).
  bool reaches_host_loopback = false;
  Boxed<NetworkFilter> filter = {};  ///< asked on top of `mode`
  std::string assuming = {};         ///< what the cut relies on; empty: nothing
  /// Only internet sockets are cut (a filter on socket()): abstract sockets stay as they were.
  bool keeps_abstract_sockets = false;
};

/// A profile in a language of its own that a layer obeys, evaluated by scanner/grant.
struct Profile {
  Word text;                         ///< all of it; its span is the file or the word
  Word named_by;                     ///< the word of the launch that names it
  std::vector<KeyValue> parameters;  ///< `-D key=value`
};

/// The words that asked for each namespace; empty where it is shared with the outside.
struct Namespaces {
  Word user, pid, ipc, uts, cgroup;
  bool user_optional = false;  ///< --unshare-user-try
};

enum class RootKind : std::uint8_t {
  Inherit,  ///< the view of the layer outside, changed by mounts
  Empty,    ///< a fresh tmpfs
  Image,    ///< a container image
  Unknown,  ///< a view that is not modelled
};

struct ImageBuild;

/// What a container run says beside mounts, environment and network.
struct ContainerRun {
  Word image;
  std::string engine;  ///< docker or podman
  Boxed<Word> privileged, read_only, pid_host, ipc_host, uts_host, cgroup_host, userns, rm,
      interactive, tty, init, publish_all, api_socket, pull_always, detach, entrypoint, rootfs;
  std::vector<Word> published;  ///< operands of -p
  std::vector<Word> devices;    ///< operands of --device, --gpus
  std::vector<Word> security;   ///< operands of --security-opt
  std::vector<Word> cap_add, cap_drop;
  std::vector<Word> volumes_from;
  std::vector<Word> groups;
  bool read_only_tmpfs = false;             ///< podman: /tmp, /var/tmp, /run stay writable
  std::shared_ptr<const ImageBuild> build;  ///< the Dockerfile of the tree that makes the image
  Word service;                             ///< the service of a compose file, its key there
  bool running = false;  ///< exec: it runs already and is taken to be as its file says
};

/// A reason why the tool refuses to start, with the word that causes it.
struct StartProblem {
  Word word;
  std::string text;            ///< "bwrap takes no --opt=value form: it stops with Unknown option"
  Answer fatal = Answer::Yes;  ///< Unknown: only some versions, or only where the host differs
};

/// The package or program that a launcher or interpreter starts.
struct ProgramRef {
  std::string ecosystem;  ///< npm, pypi, oci, url, file, bin; empty when nothing is known
  std::string name;       ///< without version: `@modelcontextprotocol/server-filesystem`
  std::string version;    ///< as written after `@` or `==`; empty when unpinned
  bool pinned = false;    ///< an exact version, a full commit or a digest
  Word word;
};

/// One line of a profile that a tool reads, or the option that stands for such a line.
struct Directive {
  Word keyword;
  Word argument;  ///< empty where there is none
  Word cut;       ///< what a `#` in the middle of a word took away, from the `#` on
};

/// A profile, include or settings file that a tool asks for and that was not found.
struct MissingFile {
  Word word;                         ///< asks for it
  std::string name;                  ///< as the tool would look it up
  bool fatal = true;                 ///< the tool stops without it
  Answer missing = Answer::Unknown;  ///< Yes: it is certainly not there
};

/// When a directory that a wrapper made for one launch goes away again.
enum class Removal : std::uint8_t {
  Never,
  AfterCommand,  ///< by a command behind the server: not when the wrapper is killed
  Trap,          ///< by a trap on EXIT
  LostTrap,      ///< by a trap that `exec` throws away
};

/// A directory that a wrapper script makes with `mktemp -d` for this launch.
struct TempDirectory {
  Word path;     ///< as it stands in the launch, with an assumed name
  Word made_by;  ///< the command
  std::uint32_t mode = 0700;
  Word mode_by;  ///< the chmod that changed it, may be empty
  Removal removal = Removal::Never;
  Word removed_by;  ///< the trap or the command, may be empty
};

/// Something that a wrapper script makes on the host before it starts the rest.
struct MadePath {
  Word path;
  bool directory = true;
  std::uint32_t mode = 0755;
};

/// A file of the host that reaches the rest of the launch past every mask: through a descriptor
/// that is open, or as data that was read before.
struct HandedFile {
  Word path;             ///< absolute; where parts are not known it may be any such file; empty for
                         ///< data that a script made, which `by` then holds
  Word by;               ///< the redirection or the command
  int descriptor = -1;   ///< -1: in a variable, an argument, another file
  bool open = false;     ///< the file itself; else what was read from it
  bool write = false;    ///< opened for writing
  Answer certain = Answer::Yes;  ///< of data: does it surely reach the rest? No: other users alone
};

/// One wrapper of a launch, outermost first, with what it changes. Peelers fill it; nothing in it
/// has been resolved against a host.
struct Layer {
  LayerKind kind = LayerKind::Program;
  std::string tool;         ///< bwrap, docker, sudo, npx: the canonical name
  Word program;             ///< argv[0] of this layer
  std::vector<Word> words;  ///< every word that this layer consumed, program included

  RootKind root = RootKind::Inherit;
  std::vector<Mount> mounts;
  std::vector<EnvEdit> environment;
  NetworkSetting network;
  Namespaces namespaces;
  Boxed<ContainerRun> container;
  Boxed<Profile> profile;
  Boxed<ProgramRef> package;

  Boxed<Word> user, group;              ///< who the rest runs as, by name or number
  Boxed<Word> inner_uid, inner_gid;     ///< apparent ids (bwrap --uid)
  std::vector<Word> cap_add, cap_drop;  ///< in order, `+`/`-` by list
  Boxed<Word> no_new_privileges, seccomp, die_with_parent, new_session, as_pid_1, disable_userns,
      chdir, timeout;
  Boxed<Word> joins;  ///< a running container or sandbox that it enters: its grant is not known
  Boxed<Word> downloads_script;  ///< the word of a `curl … | sh` in its shell string
  /// A filter on socket() leaves no unix sockets, whatever paths can be seen.
  Boxed<Word> no_unix_sockets;
  bool unix_sockets_perhaps = false;  ///< there are ways past that filter
  /// firejail: the lines of its profiles, with what they include, in the order in which it reads
  /// them.
  std::vector<std::shared_ptr<const Directive>> directives;
  std::vector<MissingFile> missing_files;
  std::vector<TempDirectory> temp_directories;
  std::vector<MadePath> made;
  std::vector<HandedFile> handed;
  /// A process of it waits behind the rest, with the environment that it was started with.
  Answer waits = Answer::No;
  bool login_shell = false;     ///< re-reads profile files: the environment can regain anything
  bool clears_on_exec = false;  ///< sudo, su -: a new environment from the system's own rules
  bool shares_host_pids = true;

  std::vector<StartProblem> start_problems;
  std::vector<Note> notes;
};

const char* NameOf(LayerKind kind);
const char* NameOf(MountKind kind);
const char* NameOf(NetworkMode mode);

}  // namespace sandlint
