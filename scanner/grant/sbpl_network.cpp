// The network under a profile: SBPL knows ports and `localhost`, no other host.

#include <algorithm>
#include <array>
#include <set>

#include "scanner/grant/sbpl.h"

namespace sandlint {
namespace {

void CollectPorts(const SbplFilter& filter, std::set<std::uint32_t>& ports) {
  for (const SbplFilter& part : filter.parts) CollectPorts(part, ports);
  if (filter.kind == SbplFilterKind::Network && filter.port != 0) ports.insert(filter.port);
}

}  // namespace

NetworkFilter SbplNetwork(const SbplProfile& profile, const Word& word) {
  std::set<std::uint32_t> ports{0};  // 0: one that no rule names
  for (const auto& [operation, rules] : profile.rules) {
    for (const SbplRule& rule : rules) {
      for (const SbplFilter& filter : rule.filters) CollectPorts(filter, ports);
    }
  }
  NetworkFilter network;
  network.word = word;
  // The ports that are named come before all others.
  for (auto port = ports.rbegin(); port != ports.rend(); ++port) {
    for (const char* protocol : {"tcp", "udp", "icmp"}) {
      for (const Answer loopback : {Answer::Yes, Answer::No}) {
        SbplSubject subject;
        subject.kind = SbplSubject::Kind::Network;
        subject.protocol = protocol;
        subject.loopback = loopback;
        subject.port = *port;
        const SbplVerdict verdict = DecideSbpl(profile, "network-outbound", subject);
        if (*port == 0) network.others = std::max(network.others, verdict.allowed);
        NetworkRule rule{verdict.allowed, protocol, loopback == Answer::Yes ? "loopback" : "*",
                         *port, word};
        if (!verdict.because.empty()) {
          rule.word.span = verdict.because.front().span;
          rule.word.text = verdict.because.front().text;
          rule.word.argv_index = verdict.because.front().argv_index;
        }
        network.rules.push_back(std::move(rule));
      }
    }
  }
  return network;
}

}  // namespace sandlint
