#include "scanner/files/git_loose.h"

#include <fmt/format.h>
#include <git2/sys/odb_backend.h>
#include <zlib.h>

#if __has_include(<git2/sys/errors.h>)
#include <git2/sys/errors.h>  // libgit2 1.8 and later
#endif

#include <array>
#include <cstdio>
#include <memory>
#include <string_view>
#include <utility>

#include "scanner/files/reader.h"

namespace sandlint {
namespace {

/// Asked before the packs (2) and the loose objects (1) of libgit2.
constexpr int kPriority = 100;
/// What a commit or tree may grow to; a blob that is read is smaller than a file may be.
constexpr std::size_t kMaxInflated = FileReader::kMaxBytes * 8;
/// More than libgit2 inflates to find type and size.
constexpr std::size_t kHeader = 4096;

struct Backend : git_odb_backend {
  std::vector<std::string> folders;
};

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
struct End {
  void operator()(z_stream* stream) const { inflateEnd(stream); }
};

/// Does the zlib stream in `path` come to its end, or yield `enough` bytes before?
bool Inflates(const std::string& path, std::size_t enough) {
  const std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "rbe"));
  if (file == nullptr) return true;  // not here, or not to be read: libgit2 says so itself
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) return false;
  const std::unique_ptr<z_stream, End> end(&stream);
  std::array<unsigned char, 16384> in{};
  std::array<unsigned char, 65536> out{};
  for (std::size_t total = 0; total < kMaxInflated;) {
    if (stream.avail_in == 0) {
      stream.next_in = in.data();
      stream.avail_in = static_cast<uInt>(std::fread(in.data(), 1, in.size(), file.get()));
      if (stream.avail_in == 0) return false;
    }
    stream.next_out = out.data();
    stream.avail_out = static_cast<uInt>(out.size());
    const int state = inflate(&stream, Z_NO_FLUSH);
    if (state == Z_STREAM_END) return true;
    if (state != Z_OK) return false;
    total += out.size() - stream.avail_out;
    if (total >= enough) return true;
  }
  return false;
}

int Refuse() {
  git_error_set_str(GIT_ERROR_ODB, "an object is damaged");
  return GIT_ERROR;
}

int Check(git_odb_backend* backend, const git_oid* id, std::size_t enough) {
  const std::string name = git_oid_tostr_s(id);
  for (const std::string& folder : static_cast<Backend*>(backend)->folders) {
    if (!Inflates(fmt::format("{}/{}/{}", folder, name.substr(0, 2), name.substr(2)), enough)) {
      return Refuse();
    }
  }
  return GIT_PASSTHROUGH;
}

int Read(void**, std::size_t*, git_object_t*, git_odb_backend* backend, const git_oid* id) {
  return Check(backend, id, kMaxInflated);
}

int ReadHeader(std::size_t*, git_object_t*, git_odb_backend* backend, const git_oid* id) {
  return Check(backend, id, kHeader);
}

/// An abbreviated id: every object that it can mean.
int ReadPrefix(git_oid*, void**, std::size_t*, git_object_t*, git_odb_backend* backend,
               const git_oid* id, std::size_t digits) {
  const std::string name = std::string(git_oid_tostr_s(id)).substr(0, digits);
  if (name.size() < 2) return GIT_PASSTHROUGH;
  for (const std::string& folder : static_cast<Backend*>(backend)->folders) {
    const std::string near = fmt::format("{}/{}", folder, name.substr(0, 2));
    for (const DirectoryEntry& entry : MakeDiskReader(near)->List("")) {
      if (!entry.name.starts_with(std::string_view(name).substr(2))) continue;
      if (!Inflates(fmt::format("{}/{}", near, entry.name), kMaxInflated)) return Refuse();
    }
  }
  return GIT_PASSTHROUGH;
}

}  // namespace

int CheckLooseObjects(git_odb* database, std::vector<std::string> folders) {
  auto backend = std::make_unique<Backend>();
  if (const int error = git_odb_init_backend(backend.get(), GIT_ODB_BACKEND_VERSION); error != 0) {
    return error;
  }
  backend->folders = std::move(folders);
  backend->read = Read;
  backend->read_header = ReadHeader;
  backend->read_prefix = ReadPrefix;
  backend->free = [](git_odb_backend* one) { delete static_cast<Backend*>(one); };
  const int error = git_odb_add_backend(database, backend.get(), kPriority);
  if (error == 0) backend.release();  // the database frees it
  return error;
}

}  // namespace sandlint
