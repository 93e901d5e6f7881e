#include "scanner/parse/nft.h"
namespace sandlint {
NftFile ParseNftJson(const Source&) { return {}; }
}  // namespace sandlint
