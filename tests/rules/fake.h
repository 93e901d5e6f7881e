#pragma once

// Servers made by hand: what a rule or a judge sees, without any file behind it.

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "model/workspace.h"
#include "rules/rule.h"

namespace sandlint {

/// Says what it is told: for a path or one above it, and `others` for the rest.
class FakeView : public PathView {
 public:
  std::map<std::string, PathAnswer, std::less<>> host, inside;
  PathAnswer others, root;

  PathAnswer OfHost(std::string_view path) const override { return Find(host, path, others); }
  PathAnswer Inside(std::string_view path) const override { return Find(inside, path, {}); }
  PathAnswer OfRoot() const override { return root; }

 private:
  static PathAnswer Find(const std::map<std::string, PathAnswer, std::less<>>& answers,
                         std::string_view path, const PathAnswer& otherwise) {
    for (const auto& [prefix, answer] : answers) {
      const bool below =
          path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/');
      if (below) return answer;
    }
    return otherwise;
  }
};

inline PathAnswer Allow(Rights rights) {
  PathAnswer answer;
  answer.rights = answer.possible = rights;
  answer.backing = Backing::Host;
  return answer;
}

inline PathAnswer Maybe(Rights rights) {
  PathAnswer answer;
  answer.possible = rights;
  answer.confidence = Confidence::Low;
  return answer;
}

/// A workspace whose one source is `.mcp.json` with a line for each server.
class FakeWorkspace {
 public:
  FakeWorkspace() {
    std::string text;
    for (int line = 0; line < 40; ++line) text += "line of a config\n";
    workspace.Add(".mcp.json", text);
  }

  Span Line(std::uint32_t line) const {
    constexpr std::uint32_t kLength = 17;
    return {workspace.sources.front().get(), (line - 1) * kLength, (line - 1) * kLength + 4};
  }

  /// A server in bwrap that proves every item it can: the tests take things away from it.
  Server& AddTight(const std::string& name, std::shared_ptr<FakeView>& view) {
    view = std::make_shared<FakeView>();
    PathAnswer temp;
    temp.rights = temp.possible = Rights(Right::Read) | Rights(Right::Write);
    temp.backing = Backing::Ephemeral;
    view->inside["/tmp"] = temp;
    view->inside["/dev"] = temp;

    Server server;
    server.decl.name.text = name;
    server.decl.entry = Line(static_cast<std::uint32_t>(workspace.servers.size()) + 1);
    server.decl.command = {"bwrap", server.decl.entry, {}, 0};
    Launch launch;
    Layer sandbox;
    sandbox.kind = LayerKind::Sandbox;
    sandbox.tool = "bwrap";
    sandbox.program = server.decl.command;
    Layer program;
    program.tool = "node";
    launch.layers = {sandbox, program};
    launch.grant.paths = view;
    launch.grant.homes = {"/home/user"};
    launch.grant.egress.mode = NetworkMode::None;
    launch.grant.environment.own.others = Presence::Absent;
    server.launches.push_back(std::move(launch));
    workspace.servers.push_back(std::move(server));
    return workspace.servers.back();
  }

  Workspace workspace;
};

}  // namespace sandlint
