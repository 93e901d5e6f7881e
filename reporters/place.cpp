#include "reporters/place.h"

namespace sandlint {
namespace {

ReportPlace OfFile(const std::string& path) {
  ReportPlace place;
  place.path = path;
  return place;
}

}  // namespace

ReportPlace Places::Of(const Span& span) {
  ReportPlace place;
  if (!span) return place;
  place.path = span.source->path;
  place.span = FirstLine(span);
  place.begin = locator_.Of(*span.source, place.span.begin);
  const Position end = locator_.Of(*span.source, place.span.end);
  place.end_column = end.line == place.begin.line ? end.column : place.begin.column;
  return place;
}

ReportPlace Places::Of(const Finding& finding) {
  return finding.where ? Of(finding.where) : OfFile(finding.file);
}

ReportPlace Places::Of(const FileReport& file) {
  return file.where ? Of(file.where) : OfFile(file.path);
}

}  // namespace sandlint
