#include <gyre/version.hpp>

namespace gyre {

std::string_view library_version() noexcept { return version; }

}  // namespace gyre
