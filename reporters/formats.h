#pragma once

#include <string>

#include "reporters/reporter.h"

namespace sandlint {

// One function a format, each in the file of its name; all.cpp has the table.
std::string WriteText(const Run& run, const ReportOptions& options);
std::string WriteSarif(const Run& run, const ReportOptions& options);
std::string WriteMarkdown(const Run& run, const ReportOptions& options);
std::string WriteJunit(const Run& run, const ReportOptions& options);
std::string WriteJson(const Run& run, const ReportOptions& options);
std::string WriteGithub(const Run& run, const ReportOptions& options);

}  // namespace sandlint
