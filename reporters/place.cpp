#include "reporters/place.h"

namespace sandlint {
namespace {

Place OfFile(const std::string& path) {
  Place place;
  place.path = path;
  return place;
}

}  // namespace

Place Places::Of(const Span& span) {
  Place place;
  if (!span) return place;
  place.path = span.source->path;
  place.span = FirstLine(span);
  place.begin = locator_.Of(*span.source, place.span.begin);
  const Position end = locator_.Of(*span.source, place.span.end);
  place.end_column = end.line == place.begin.line ? end.column : place.begin.column;
  return place;
}

Place Places::Of(const Finding& finding) {
  return finding.where ? Of(finding.where) : OfFile(finding.file);
}

Place Places::Of(const FileReport& file) { return file.where ? Of(file.where) : OfFile(file.path); }

}  // namespace sandlint
