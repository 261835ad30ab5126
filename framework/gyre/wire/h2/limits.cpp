#include <gyre/wire/h2/limits.hpp>

namespace gyre::wire {

std::string_view name(H2Limit limit) noexcept {
  switch (limit) {
    case H2Limit::none: return "none";
    case H2Limit::continuations: return "continuations";
    case H2Limit::settings: return "settings";
    case H2Limit::queued_frames: return "queued frames";
    case H2Limit::peer_resets: return "peer resets";
    case H2Limit::own_resets: return "own resets";
    case H2Limit::glitches: return "glitches";
    case H2Limit::header_bytes: return "header bytes";
  }
  return "unknown";
}

}  // namespace gyre::wire
