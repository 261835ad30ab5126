#pragma once

#include <cstddef>

namespace gyre::simulate {

/// Bytes that this program has from the heap by `new`, and that coroutine frames use: what a recycler keeps is not
/// counted. The same before and after a schedule, or something leaked.
std::size_t heap_in_use() noexcept;

}  // namespace gyre::simulate
