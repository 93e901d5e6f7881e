#include "scanner/grant/container_view.h"

#include <algorithm>
#include <utility>

namespace sandlint {

void ContainerView::AddAlias(const Seat& seat, const Alias& outer,
                             std::vector<Alias>& aliases) const {
  Alias alias;
  if (IsBelow(outer.path, seat.source)) {
    alias.path = JoinPath(seat.target, RelativeTo(outer.path, seat.source));
    alias.host = outer.host;
  } else if (IsBelow(seat.source, outer.path)) {
    alias.path = seat.target;
    alias.host = JoinPath(outer.host, RelativeTo(seat.source, outer.path));
  } else {
    return;
  }
  const Seat* top = seats_.At(alias.path);
  alias.masked = top != &seat;
  alias.because = top == nullptr ? seat.because : top->because;
  aliases.push_back(std::move(alias));
}

PathAnswer ContainerView::AnswerOf(const Reach& reach, std::string_view path) const {
  PathAnswer answer;
  answer.rights = reach.rights;
  answer.possible = reach.possible | reach.rights;
  answer.saved_by_permissions = Without(reach.unprotected, answer.possible);
  const auto object = seats_.Lstat(path);
  if (object) {
    answer.because = object->because;
    if (!answer.possible.None()) {
      answer.backing = object->host.empty() ? Backing::Ephemeral : Backing::Host;
      answer.alias = path;
    }
  }
  return answer;
}

void ContainerView::Finish(PathAnswer& answer) const {
  answer.possible = answer.possible | answer.rights;
  answer.assuming = host_.Assumptions();
  if (host_.Symbolic()) answer.confidence = Confidence::Medium;
  if (actors_.root_assumed && !answer.rights.None()) {
    answer.assuming.emplace_back("the image runs as root: there is no --user");
    answer.confidence = std::min(answer.confidence, Confidence::Medium);
  }
}

PathAnswer ContainerView::OfHost(std::string_view host_path) const {
  PathAnswer answer;
  Because masks;
  const std::string real = machine_->Realpath(host_path, nullptr).value_or(std::string(host_path));
  for (const Alias& alias : AliasesOf(real)) {
    if (alias.masked) {
      masks.insert(masks.end(), alias.because.begin(), alias.because.end());
      continue;
    }
    PathAnswer one = AnswerOf(Search(alias.path, real), alias.path);
    const auto top = seats_.Lstat(alias.path);
    if (!top) one.possible = CreationOf(alias.path);
    if (top && alias.host != real) {  // only a part of what is asked for
      one.rights = Upwards(*top, one.rights);
      one.possible = Upwards(*top, one.possible);
    }
    answer.saved_by_permissions = answer.saved_by_permissions | one.saved_by_permissions;
    answer.possible = answer.possible | one.possible;
    if (Without(one.rights, answer.rights).None()) continue;
    if (answer.rights.None()) answer.alias = alias.path;
    answer.rights = answer.rights | one.rights;
    answer.backing = Backing::Host;
    answer.because.insert(answer.because.end(), alias.because.begin(), alias.because.end());
  }
  if (!escapes_.proven.empty()) {
    answer.rights = answer.possible = kAllRights;
    answer.backing = Backing::Host;
    answer.because.insert(answer.because.end(), escapes_.proven.begin(), escapes_.proven.end());
  } else if (!doubts.empty()) {
    answer.possible = kAllRights;
    if (answer.rights.None()) answer.because = doubts;
  }
  if (answer.rights.None() && answer.because.empty()) {
    answer.because = masks;
    if (!masks.empty()) answer.backing = Backing::Masked;
  }
  if (answer.because.empty()) answer.because = seats_.At("/")->because;
  Finish(answer);
  return answer;
}

Rights ContainerView::CreationOf(const std::string& path) const {
  const std::string directory = path.substr(0, std::max<std::size_t>(path.find_last_of('/'), 1));
  const auto parent = seats_.Lstat(directory);
  if (!parent || parent->host.empty() || seats_.At(path)->kind == SeatKind::Overlay) return {};
  const bool permitted =
      actors_.most.On(*parent).Has(Right::Write) || (IsGiven(*parent) && !parent->read_only);
  const bool writable = permitted && WayOpen(path, true);
  return writable ? Rights(Right::Write) : Rights{};
}

std::optional<std::string> ContainerView::Locate(std::string_view path) const {
  const std::string real = seats_.Resolve(path);
  if (!seats_.Lstat(real)) return std::nullopt;
  return real;
}

PathAnswer ContainerView::Inside(std::string_view path) const {
  PathAnswer answer;
  if (const auto real = Locate(path)) {
    answer = AnswerOf(Search(*real, ""), *real);
  } else {
    answer.because = seats_.At(seats_.Resolve(path))->because;
  }
  if (!doubts.empty()) answer.possible = kAllRights;
  Finish(answer);
  return answer;
}

PathAnswer ContainerView::OfRoot() const {
  PathAnswer answer;
  for (const Alias& alias : AliasesOf("/")) {
    if (alias.masked || alias.host != "/") continue;
    const PathAnswer one = AnswerOf(Search(alias.path, "/"), alias.path);
    answer.rights = answer.rights | one.rights;
    answer.alias = alias.path;
    answer.because.insert(answer.because.end(), alias.because.begin(), alias.because.end());
  }
  if (!escapes_.proven.empty()) {
    answer.rights = kAllRights;
    answer.because.insert(answer.because.end(), escapes_.proven.begin(), escapes_.proven.end());
  } else if (!doubts.empty()) {
    answer.possible = kAllRights;
    if (answer.because.empty()) answer.because = doubts;
  }
  if (!answer.rights.None()) answer.backing = Backing::Host;
  if (answer.because.empty()) answer.because = seats_.At("/")->because;
  Finish(answer);
  return answer;
}

}  // namespace sandlint
