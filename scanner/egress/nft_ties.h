#pragma once

#include <string>

#include "scanner/egress/nft_match.h"

namespace sandlint {

/// nft ties each rule to the headers that it has named: a second network or transport header, or a
/// statement that needs another one, is an error, and the file is refused.
struct NftTies {
  std::string network;    ///< ip or ip6; empty: none yet
  std::string transport;  ///< tcp, udp …

  /// Refuses what does not go with what came before in the rule, and remembers what it ties.
  void See(const NftStatement& statement, NftContext& context);

 private:
  void SeeLeft(const NftExpr& left, NftContext& context);
  void SeeField(const NftExpr& part, NftContext& context);
  void SeeEqual(const NftStatement& statement);
  void SeeReject(const NftStatement& statement, NftContext& context);
};

}  // namespace sandlint
