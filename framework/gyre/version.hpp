#pragma once

#include <string_view>

namespace gyre {

/// The version of these headers, by semantic versioning: docs/versioning.md says what each number promises. For code
/// that goes with more than one version: `if constexpr (gyre::version_minor >= 2)`.
inline constexpr int version_major = 0;
inline constexpr int version_minor = 1;
inline constexpr int version_patch = 0;
inline constexpr std::string_view version = "0.1.0";

/// The version of the library that the program runs with, as text. It differs from `version` where a shared library was
/// exchanged for another patch version of the same series. From any thread.
std::string_view library_version() noexcept;

}  // namespace gyre
