#include "scanner/grant/socket_view.h"

#include <utility>

namespace sandlint {
namespace {

class SocketView final : public View {
 public:
  SocketView(std::shared_ptr<const View> outside, bool sockets, Because more_doubts)
      : outside_(std::move(outside)), sockets_(sockets) {
    doubts = outside_->doubts;
    doubts.insert(doubts.end(), more_doubts.begin(), more_doubts.end());
  }
  std::optional<Object> Lstat(std::string_view path) const override {
    auto object = outside_->Lstat(path);
    if (object && object->kind == NodeKind::Socket && !sockets_) {
      object->kind = NodeKind::Other;
      object->mode = 0;
      object->certain = true;
    }
    return object;
  }
  std::vector<std::string> List(std::string_view directory) const override {
    return outside_->List(directory);
  }
  std::vector<std::string> MountsBelow(std::string_view directory) const override {
    return outside_->MountsBelow(directory);
  }
  std::vector<Alias> AliasesOf(std::string_view host_path) const override {
    return outside_->AliasesOf(host_path);
  }
  PathAnswer Subtree(std::string_view path, bool host_only) const override {
    if (sockets_) return outside_->Subtree(path, host_only);
    const auto object = outside_->Lstat(path);
    if (object && object->kind == NodeKind::Socket) return {};
    PathAnswer answer = outside_->Subtree(path, host_only);
    const auto connect = static_cast<std::uint8_t>(Right::Connect);
    answer.rights.bits = static_cast<std::uint8_t>(answer.rights.bits & ~connect);
    answer.possible.bits = static_cast<std::uint8_t>(answer.possible.bits & ~connect);
    return answer;
  }
  const Credentials& Caller() const override { return outside_->Caller(); }
  const HostFacts& Host() const override { return outside_->Host(); }

 private:
  std::shared_ptr<const View> outside_;
  bool sockets_;
};

}  // namespace

std::shared_ptr<const View> MakeSocketView(std::shared_ptr<const View> outside, bool sockets,
                                           Because more_doubts) {
  return std::make_shared<SocketView>(std::move(outside), sockets, std::move(more_doubts));
}

}  // namespace sandlint
