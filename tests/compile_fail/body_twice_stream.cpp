// expect: TakesBodyOnce<gyre::Body, (gyre::Bytes|std::span<const std::byte.*>)
#include <gyre/web/router.hpp>

int main() {
  gyre::Router router;
  router.post("/", [](gyre::Body, gyre::Bytes) -> gyre::Task<const char*> { co_return ""; });
}
