#include "scanner/files/reader.h"

namespace sandlint {

const char* NameOf(ReadStatus status) {
  switch (status) {
    case ReadStatus::Ok:
      return "read";
    case ReadStatus::Missing:
      return "missing";
    case ReadStatus::IsDirectory:
      return "a directory";
    case ReadStatus::LinkOutside:
      return "a link that leaves the tree";
    case ReadStatus::NotRegular:
      return "not a regular file";
    case ReadStatus::TooLarge:
      return "too large";
    case ReadStatus::Denied:
      return "not permitted";
    case ReadStatus::Failed:
      return "unreadable";
  }
  return "?";
}

}  // namespace sandlint
