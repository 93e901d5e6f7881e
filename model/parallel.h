#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <system_error>
#include <thread>
#include <vector>

namespace sandlint {

/// Calls `work(0)` … `work(count - 1)`, on as many threads as the machine has. `work` may write to
/// its own index only. A small count stays on this thread: starting another costs more.
template <typename Work>
void InParallel(std::size_t count, Work work) {
  constexpr std::size_t kChunk = 8;
  std::atomic<std::size_t> next = 0;
  const auto run = [&] {
    for (std::size_t begin = next.fetch_add(kChunk); begin < count;
         begin = next.fetch_add(kChunk)) {
      const std::size_t end = std::min(begin + kChunk, count);
      for (std::size_t index = begin; index < end; ++index) work(index);
    }
  };
  const std::size_t wanted = std::min<std::size_t>(std::thread::hardware_concurrency(), 8);
  std::vector<std::jthread> others;
  try {
    for (std::size_t n = 1; n < wanted && n * kChunk < count; ++n) others.emplace_back(run);
  } catch (const std::system_error&) {
    // No more threads are to be had: those that run do the work.
  }
  run();
}

}  // namespace sandlint
