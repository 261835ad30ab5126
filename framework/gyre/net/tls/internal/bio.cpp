// Where OpenSSL reads and writes.

#include <gyre/net/tls/internal/callbacks.hpp>
#include <gyre/net/tls/internal/engine.hpp>

#include <new>

namespace gyre::detail {
namespace {

TlsEngine& engine_of_bio(BIO* bio) noexcept { return *static_cast<TlsEngine*>(BIO_get_data(bio)); }

int read_bio(BIO* bio, char* room, std::size_t size, std::size_t* taken) noexcept {
  BIO_clear_retry_flags(bio);
  *taken = engine_of_bio(bio).take_input({reinterpret_cast<std::byte*>(room), size});
  if (*taken != 0) return 1;
  BIO_set_retry_read(bio);
  return 0;
}

int write_bio(BIO* bio, const char* bytes, std::size_t size, std::size_t* written) noexcept {
  BIO_clear_retry_flags(bio);
  *written = 0;
  if (!engine_of_bio(bio).put_output(as_bytes({bytes, size}))) return 0;
  *written = size;
  return 1;
}

long control_bio(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) noexcept {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

/// One for the process, made by the first connection.
class BioMethod {
 public:
  BioMethod() : method_(BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "gyre")) {
    if (method_ == nullptr) throw std::bad_alloc{};
    BIO_meth_set_read_ex(method_, read_bio);
    BIO_meth_set_write_ex(method_, write_bio);
    BIO_meth_set_ctrl(method_, control_bio);
  }
  BioMethod(const BioMethod&) = delete;
  BioMethod& operator=(const BioMethod&) = delete;
  ~BioMethod() { BIO_meth_free(method_); }
  const BIO_METHOD* get() const noexcept { return method_; }

 private:
  BIO_METHOD* method_;
};

}  // namespace

BioPointer make_bio(TlsEngine& engine) {
  static const BioMethod method;
  BioPointer bio{BIO_new(method.get())};
  if (bio == nullptr) throw std::bad_alloc{};
  BIO_set_data(bio.get(), &engine);
  BIO_set_init(bio.get(), 1);
  return bio;
}

}  // namespace gyre::detail
