#include "scanner/parse/node.h"

#include <algorithm>

namespace sandlint {

const Member* Node::Find(std::string_view key) const {
  const auto found = std::find_if(members.rbegin(), members.rend(),
                                  [&](const Member& member) { return member.key.text == key; });
  return found == members.rend() ? nullptr : &*found;
}

const Node& Node::Get(std::string_view key) const {
  static const Node kMissing;
  const Member* member = Find(key);
  return member == nullptr ? kMissing : member->value;
}

}  // namespace sandlint
