#pragma once

#include <string>
#include <vector>

#include "scanner/egress/nft_match.h"

namespace sandlint {

/// nft ties each rule to the headers that it has named: a second network or transport header, or a
/// statement that needs another one, is an error, and the file is refused.
struct NftTies {
  std::string network;                  ///< ip or ip6; empty: none yet
  std::vector<std::string> transports;  ///< tcp, udp …: all that were named

  /// Refuses what does not go with what came before in the rule, and remembers what it ties.
  void See(const NftStatement& statement, NftContext& context);

 private:
  void SeeLeft(const NftExpr& left, NftContext& context);
  void SeeField(const NftExpr& part, NftContext& context);
  void SeeEqual(const NftStatement& statement, const NftContext& context);
  void SeeNetwork(const NftExpr& left, const NftExpr& right);
  void SeeTransports(const NftExpr& right, int depth);
  void AddTransport(const std::string& name);
  void SeeReject(const NftStatement& statement, NftContext& context);
};

}  // namespace sandlint
