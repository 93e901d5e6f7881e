#include "cli/target.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <vector>

#include "cli/console.h"

namespace sandlint {
namespace {

struct Operation {
  std::string_view name;
  std::optional<Right> right;  ///< nothing for getenv
};
constexpr std::array<Operation, 5> kOperations{{{"read", Right::Read},
                                                {"write", Right::Write},
                                                {"exec", Right::Exec},
                                                {"connect", Right::Connect},
                                                {"getenv", std::nullopt}}};

const Operation* FindOperation(std::string_view name) {
  for (const Operation& operation : kOperations) {
    if (operation.name == name) return &operation;
  }
  return nullptr;
}

std::optional<std::uint32_t> PortOf(std::string_view text) {
  std::uint32_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0 || port > 65535) {
    return std::nullopt;
  }
  return port;
}

bool IsHost(std::string_view host) {
  return !host.empty() && host.find_first_of("/@ \t?#[]") == std::string_view::npos;
}

/// `HOST:PORT`, `[V6]:PORT`, and for icmp the host alone.
bool ParseEndpoint(std::string_view text, Destination& destination, std::string& problem) {
  const bool wants_port = destination.protocol != "icmp";
  std::string_view rest;
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    destination.host = std::string(text.substr(1, close == std::string_view::npos ? 0 : close - 1));
    rest = close == std::string_view::npos ? "" : text.substr(close + 1);
  } else if (!wants_port) {
    // One colon is a port; an IPv6 address has more, with or without brackets.
    const std::size_t colon = text.find(':');
    const bool port = colon != std::string_view::npos && text.rfind(':') == colon;
    destination.host = std::string(text.substr(0, port ? colon : std::string_view::npos));
    rest = port ? text.substr(colon) : "";
  } else {
    const std::size_t colon = text.rfind(':');
    destination.host = std::string(text.substr(0, colon));
    rest = colon == std::string_view::npos ? "" : text.substr(colon);
    if (destination.host.find(':') != std::string::npos) {
      problem = "an IPv6 address stands in brackets, as in tcp://[2001:db8::1]:443";
      return false;
    }
  }
  if (wants_port) {
    const auto port = rest.starts_with(':') ? PortOf(rest.substr(1)) : std::nullopt;
    if (!port) {
      problem = fmt::format("a port from 1 to 65535 is missing, as in {}://example.org:443",
                            destination.protocol);
      return false;
    }
    destination.port = *port;
  } else if (!rest.empty()) {
    problem = "icmp has no port, as in icmp://192.0.2.1";
    return false;
  }
  if (IsHost(destination.host)) return true;
  problem = fmt::format("a host is missing, as in {}://example.org{}", destination.protocol,
                        wants_port ? ":443" : "");
  return false;
}

std::optional<Target> ParseConnection(std::string_view text, std::string& problem) {
  Target target{TargetKind::Network, Right::Connect, std::string(text), {}};
  for (const std::string_view protocol : {"tcp", "udp", "icmp"}) {
    const std::string scheme = fmt::format("{}://", protocol);
    if (!text.starts_with(scheme)) continue;
    target.destination.protocol = std::string(protocol);
    if (!ParseEndpoint(text.substr(scheme.size()), target.destination, problem)) {
      return std::nullopt;
    }
    return target;
  }
  if (text.starts_with("unix:@") && text.size() > 6) {
    target.kind = TargetKind::Abstract;
    target.text = std::string(text.substr(6));
    return target;
  }
  problem =
      "a connection is tcp://HOST:PORT, udp://[V6]:PORT, icmp://HOST, unix:/path or unix:@name";
  return std::nullopt;
}

std::optional<Target> ParsePath(Right right, std::string_view text, std::string& problem) {
  Target target{TargetKind::HostPath, right, std::string(text), {}};
  if (text.starts_with("inside:")) {
    target = {TargetKind::InsidePath, right, std::string(text.substr(7)), {}};
    if (!target.text.starts_with('/')) {
      problem = "a path inside starts with /, as in inside:/etc/passwd";
      return std::nullopt;
    }
  }
  if (target.text.find('\0') != std::string::npos) {
    problem = "a path holds no NUL byte";
    return std::nullopt;
  }
  return target;
}

constexpr int kMostLinks = 40;  // as the kernel

std::string Parent(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

/// `path` with the links of the host followed as long as they are known.
std::string Resolve(const std::string& path, const HostFacts& host, int& links);

/// Appends what `text` says to the clean directory `base`.
std::string Walk(std::string base, std::string_view text, const HostFacts& host, int& links,
                 bool follow) {
  while (!text.empty()) {
    const std::size_t slash = text.find('/');
    const std::string_view name = text.substr(0, slash);
    text = slash == std::string_view::npos ? std::string_view{} : text.substr(slash + 1);
    if (name.empty() || name == ".") continue;
    if (name == "..") {
      base = Parent(Resolve(base, host, links));
      continue;
    }
    base += base == "/" ? std::string(name) : fmt::format("/{}", name);
    if (follow) base = Resolve(base, host, links);
  }
  return base;
}

std::string Resolve(const std::string& path, const HostFacts& host, int& links) {
  std::string at = "/";
  std::string_view rest = std::string_view(path).substr(1);
  while (!rest.empty()) {
    const std::size_t slash = rest.find('/');
    const std::string name(rest.substr(0, slash));
    rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
    const std::string next = at == "/" ? "/" + name : at + "/" + name;
    const auto node = host.Lstat(next);
    if (!node || node->kind != NodeKind::Symlink || ++links > kMostLinks) {
      at = next;
      continue;
    }
    at = Walk(node->link.starts_with('/') ? "/" : at, node->link, host, links, true);
  }
  return at;
}

}  // namespace

std::optional<Target> ParseTarget(std::string_view operation, std::string_view text,
                                  std::string& problem) {
  const Operation* known = FindOperation(operation);
  if (known == nullptr) {
    problem = fmt::format("there is no operation '{}'; it is read, write, exec, connect or getenv",
                          Visible(operation));
    return std::nullopt;
  }
  if (text.empty()) {
    problem = "the target is empty";
    return std::nullopt;
  }
  if (!known->right) {
    if (text.find_first_of("=/$ \t") == std::string_view::npos) {
      return Target{TargetKind::Variable, Right::Read, std::string(text), {}};
    }
    problem = fmt::format("'{}' is no name of a variable, as in getenv AWS_SECRET_ACCESS_KEY",
                          Visible(text));
    return std::nullopt;
  }
  if (*known->right != Right::Connect) return ParsePath(*known->right, text, problem);
  if (text.starts_with("unix:/") || text.starts_with("unix:~")) text.remove_prefix(5);
  if (text.starts_with('/') || text.starts_with('~') || text.starts_with("inside:")) {
    return ParsePath(Right::Connect, text, problem);
  }
  return ParseConnection(text, problem);
}

std::optional<std::string> HostPathOf(std::string_view typed, const HostFacts& host,
                                      std::string& problem) {
  std::string base = host.WorkingDirectory();
  if (typed.starts_with('/')) {
    base = "/";
  } else if (typed.starts_with('~')) {
    const std::string name(typed.substr(1, typed.find('/') == std::string_view::npos
                                               ? std::string_view::npos
                                               : typed.find('/') - 1));
    const auto user = name.empty() ? std::optional(host.Caller()) : host.UserByName(name);
    if (!user || !user->home.starts_with('/')) {
      problem = fmt::format("the home of '~{}' is not known; write the path out", Visible(name));
      return std::nullopt;
    }
    base = user->home;
    typed.remove_prefix(name.size() + 1);
  }
  if (!base.starts_with('/')) base.insert(0, "/");
  int links = 0;
  std::string clean = Walk("/", base, host, links, false);
  return Walk(std::move(clean), typed, host, links, false);
}

}  // namespace sandlint
