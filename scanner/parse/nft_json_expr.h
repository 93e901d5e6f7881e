#pragma once

#include "scanner/parse/nft.h"
#include "scanner/parse/node.h"

namespace sandlint {

/// Expressions and statements of nft's JSON, in the shape that the text syntax gives them. Private
/// to nft_json*.cpp.
NftExpr NftExprFromJson(const Node& node, int depth = 0);
NftStatement NftStatementFromJson(const Node& node);
NftExpr NftWordOf(const Node& node);

}  // namespace sandlint
