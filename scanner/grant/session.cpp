#include "scanner/grant/session.h"

#include <algorithm>
#include <iterator>

#include "scanner/grant/modest_view.h"

namespace sandlint {
namespace {

bool Confines(const Layer& layer) {
  return layer.kind == LayerKind::Sandbox || layer.kind == LayerKind::Container ||
         layer.kind == LayerKind::User;
}

}  // namespace

void AssumeSession(const std::vector<Layer>& layers, const HostFacts& host,
                   std::shared_ptr<const View>& view, std::vector<std::string>& assuming) {
  if (!host.Symbolic()) return;
  for (auto layer = layers.begin(); layer != layers.end(); ++layer) {
    if (layer->kind == LayerKind::Sandbox || layer->kind == LayerKind::Container) break;
    if (!layer->login_shell) continue;
    const auto inner = std::find_if(std::next(layer), layers.end(), Confines);
    if (inner == layers.end()) continue;
    assuming.push_back("the login files of the user define no function or program called " +
                       inner->tool + " and leave the order of PATH");
    view = MakeModestView(std::move(view), assuming.back());
    return;
  }
}

}  // namespace sandlint
