#pragma once

#include <gyre/wire/digest.hpp>

#include <string>
#include <string_view>

namespace httpbin {

/// The hash function of an algorithm of Digest: MD5, SHA-256, SHA-512, SHA-512-256, in any case; nullptr for others.
gyre::wire::DigestHash hash_named(std::string_view algorithm) noexcept;

/// The hexadecimal digits of a hash.
std::string hashed(gyre::wire::DigestHash hash, std::string_view message);

}  // namespace httpbin
