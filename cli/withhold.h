#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/run.h"

namespace sandlint {

/// From now on these secrets are in nothing that this process prints or reports, however they get
/// there: the last step of every output, behind the reports' own masking, which keeps places and
/// masks ordinary words too where they are secrets. Only what is no ordinary word is withheld here.
void WithholdFromOutput(const std::vector<Secret>& secrets);

/// `text` as it may be put out: in the escapes of any format too.
std::string Withheld(std::string_view text);

}  // namespace sandlint
