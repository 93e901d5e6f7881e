// The words under which enumerators appear in reports; each table is in the order of its enum.

#include <array>
#include <string>

#include "model/finding.h"
#include "model/grant.h"
#include "model/need.h"
#include "model/server.h"
#include "model/workspace.h"

namespace sandlint {
namespace {

template <typename Enum, std::size_t N>
const char* At(const std::array<const char*, N>& names, Enum value) {
  const auto index = static_cast<std::size_t>(value);
  return index < N ? names[index] : "?";
}

constexpr std::array kClasses{
    "unknown",       "filesystem", "vcs",      "database",  "shell",  "browser",   "fetch",
    "memory",        "cloud",      "chat",     "search",    "docs",   "design",    "productivity",
    "observability", "devtool",    "payments", "reasoning", "bridge", "container", "testing"};

}  // namespace

const char* NameOf(Answer answer) { return At(std::array{"no", "unknown", "yes"}, answer); }
const char* NameOf(Confidence confidence) {
  return At(std::array{"low", "medium", "high"}, confidence);
}
const char* NameOf(Support support) {
  return At(std::array{"modelled", "irrelevant", "unmodelled", "unknown"}, support);
}
const char* NameOf(LayerKind kind) {
  return At(std::array{"transparent", "environment", "user", "shell", "sandbox", "container",
                       "launcher", "interpreter", "program", "opaque"},
            kind);
}
const char* NameOf(MountKind kind) {
  return At(std::array{"bind", "overlay", "tmpfs", "volume", "proc", "devices", "mqueue",
                       "directory", "file", "data", "symlink", "remount-read-only", "chmod"},
            kind);
}
const char* NameOf(NetworkMode mode) {
  return At(std::array{"inherit", "none", "host", "private", "shared", "unknown"}, mode);
}
const char* NameOf(Right right) {
  switch (right) {
    case Right::Read:
      return "read";
    case Right::Write:
      return "write";
    case Right::Exec:
      return "exec";
    case Right::Connect:
      return "connect";
  }
  return "?";
}
const char* NameOf(Backing backing) {
  return At(std::array{"none", "masked", "ephemeral", "host"}, backing);
}
const char* NameOf(Presence presence) {
  return At(std::array{"absent", "unknown", "passed", "set"}, presence);
}
const char* NameOf(ServerClass server_class) { return At(kClasses, server_class); }
const char* NameOf(NetworkNeed need) {
  return At(std::array{"unknown", "none", "allowlist", "config", "any"}, need);
}
const char* NameOf(Transport transport) {
  return At(std::array{"stdio", "http", "sse", "ws", "unknown"}, transport);
}
const char* NameOf(Scope scope) {
  return At(std::array{"project", "user", "local", "plugin", "agent", "managed", "command-line"},
            scope);
}
const char* NameOf(FileStatus status) {
  return At(std::array{"read", "rejected", "unreadable", "ignored"}, status);
}
const char* NameOf(Severity severity) {
  return At(std::array{"note", "warning", "error"}, severity);
}
const char* NameOf(Baseline baseline) { return At(std::array{"", "new", "unchanged"}, baseline); }
const char* NameOf(Verdict verdict) {
  return At(std::array{"pass", "fail", "not-proven", "needs-person", "not-applicable"}, verdict);
}

ServerClass ServerClassByName(const std::string& name) {
  for (std::size_t index = 0; index < kClasses.size(); ++index) {
    if (name == kClasses[index]) return static_cast<ServerClass>(index);
  }
  return ServerClass::Unknown;
}

std::string NamesOf(Facet facets) {
  std::string names;
  const auto add = [&](Facet facet, const char* name) {
    if (!Touches(facets, facet)) return;
    if (!names.empty()) names += ", ";
    names += name;
  };
  add(Facet::Paths, "paths");
  add(Facet::Egress, "egress");
  add(Facet::Environment, "environment");
  add(Facet::Identity, "identity");
  return names;
}

std::string NamesOf(Rights rights) {
  std::string names;
  for (const Right right : {Right::Read, Right::Write, Right::Exec, Right::Connect}) {
    if (!rights.Has(right)) continue;
    if (!names.empty()) names += ", ";
    names += NameOf(right);
  }
  return names.empty() ? "none" : names;
}

}  // namespace sandlint
