#include "cli/diff.h"

#include <git2.h>

#include <memory>

namespace sandlint {

std::string UnifiedDiff(const std::string& path, const std::optional<std::string>& before,
                        std::string_view after) {
  git_libgit2_init();
  git_diff_options options;
  git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
  git_patch* raw = nullptr;
  const int made = git_patch_from_buffers(
      &raw, before ? before->data() : nullptr, before ? before->size() : 0,
      before ? path.c_str() : nullptr, after.data(), after.size(), path.c_str(), &options);
  const std::unique_ptr<git_patch, decltype(&git_patch_free)> patch(raw, git_patch_free);
  std::string text;
  git_buf buffer = GIT_BUF_INIT;
  if (made == 0 && git_patch_to_buf(&buffer, patch.get()) == 0) {
    text.assign(buffer.ptr, buffer.size);
  }
  git_buf_dispose(&buffer);
  git_libgit2_shutdown();
  return text;
}

}  // namespace sandlint
