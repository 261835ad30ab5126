#pragma once

#include <string_view>

namespace httpbin {

// The picture of a gyre, 64 pixels wide. Literals: they live for ever.
std::string_view png_image() noexcept;
std::string_view jpeg_image() noexcept;
std::string_view webp_image() noexcept;
std::string_view svg_image() noexcept;

}  // namespace httpbin
