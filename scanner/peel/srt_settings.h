#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/host.h"
#include "model/layer.h"
#include "model/server.h"
#include "scanner/parse/node.h"

namespace sandlint {

/// A settings file of srt (`@anthropic-ai/sandbox-runtime`, read at 0.0.78), or its defaults.
struct SrtSettings {
  bool valid = true;  ///< false: srt refuses to start; nothing else here can be trusted
  std::vector<StartProblem> problems;
  std::vector<Note> notes;

  std::vector<Word> deny_read, allow_read, allow_write, deny_write;
  bool filesystem_disabled = false;
  bool allow_git_config = false;
  int search_depth = 3;

  Word domains;                      ///< the key `allowedDomains`
  std::vector<NetworkRule> network;  ///< denied before allowed
  bool lets_out = false;             ///< something is allowed
  Word outer_proxy;                  ///< a proxy of somebody else decides
  Word all_unix_sockets;             ///< the word `true`
  Word local_binding, weaker_nested, weaker_network, apple_events;
  std::vector<Word> unix_sockets, mach_services;  ///< macOS only
  std::vector<Word> unset_variables, masked_variables;
};

/// Is the machine a Mac? Its homes say so.
inline bool IsMac(const HostFacts& host) { return host.Caller().home.starts_with("/Users/"); }

/// Reads settings as srt does: strict JSON, wrong or missing keys refused, unknown ones ignored.
SrtSettings ReadSrtSettings(const Source& source, const Word& named_by);

/// Is this a name that the lists of domains take (`api.example.com:443`, `*.example.com`)?
bool IsSrtDomain(std::string_view text, bool denied);
/// `host:port` taken apart as srt does; port 0 where there is none.
NetworkRule SrtRule(const Word& domain, Answer verdict);

}  // namespace sandlint
