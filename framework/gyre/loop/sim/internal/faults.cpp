#include <gyre/loop/sim/internal/faults.hpp>

#include <gyre/loop/file_operation.hpp>

#include <cerrno>

namespace gyre::detail {
namespace {

bool reads(OperationKind kind) noexcept {
  return kind == OperationKind::receive || kind == OperationKind::receive_into;
}

bool sends(OperationKind kind) noexcept { return kind == OperationKind::send || kind == OperationKind::send_file; }

template <std::size_t count>
int one_of(SimChance& chance, const int (&errors)[count]) noexcept {
  return errors[chance.below(count)];
}

/// True for what may need a new block of the disk.
bool takes_room(const Operation& operation) noexcept {
  if (operation.kind() == OperationKind::write_file) return true;
  return operation.kind() == OperationKind::open &&
         (static_cast<const OpenOperation&>(operation).how & OpenOperation::create) != 0;
}

}  // namespace

int SimFaultSource::meet(const Operation& operation) noexcept {
  switch (operation.kind()) {
    case OperationKind::accept:
      if (!chance_.of_a_million(faults_.accepts)) return 0;
      return one_of(chance_, {ECONNABORTED, EMFILE, ENFILE, ENOBUFS, ENOMEM});
    case OperationKind::receive:
      return chance_.of_a_million(faults_.receives) ? one_of(chance_, {ENOBUFS, ETIMEDOUT, EHOSTUNREACH}) : 0;
    case OperationKind::receive_into:  // brings its own buffer
      return chance_.of_a_million(faults_.receives) ? one_of(chance_, {ETIMEDOUT, EHOSTUNREACH}) : 0;
    case OperationKind::send: return chance_.of_a_million(faults_.sends) ? one_of(chance_, {ENOBUFS, EPIPE}) : 0;
    case OperationKind::send_file:
      if (chance_.of_a_million(faults_.files)) return EIO;
      return chance_.of_a_million(faults_.sends) ? EPIPE : 0;
    case OperationKind::connect:
      return chance_.of_a_million(faults_.connects) ? one_of(chance_, {ETIMEDOUT, ECONNREFUSED}) : 0;
    case OperationKind::poll: return 0;
    case OperationKind::open:
    case OperationKind::read_file:
    case OperationKind::write_file:
    case OperationKind::stat: break;
  }
  if (!chance_.of_a_million(faults_.files)) return 0;
  return takes_room(operation) ? one_of(chance_, {EIO, EINTR, ENOSPC}) : one_of(chance_, {EIO, EINTR});
}

bool SimFaultSource::resets(OperationKind kind) noexcept {
  return (reads(kind) || sends(kind)) && chance_.of_a_million(faults_.resets);
}

int SimFaultSource::meet_socket() noexcept {
  return chance_.of_a_million(faults_.sockets) ? one_of(chance_, {EMFILE, ENFILE, ENOBUFS, ENOMEM}) : 0;
}

int sim_usual_error(OperationKind kind) noexcept {
  switch (kind) {
    case OperationKind::accept:
    case OperationKind::open: return EMFILE;
    case OperationKind::receive:
    case OperationKind::receive_into: return ECONNRESET;
    case OperationKind::send: return EPIPE;
    case OperationKind::connect: return ECONNREFUSED;
    case OperationKind::poll: return ENOMEM;
    case OperationKind::write_file: return ENOSPC;
    case OperationKind::read_file:
    case OperationKind::stat:
    case OperationKind::send_file: break;
  }
  return EIO;
}

bool sim_breaks_connection(OperationKind kind, int error) noexcept {
  const bool fatal = error == ECONNRESET || error == EPIPE || error == ETIMEDOUT || error == EHOSTUNREACH;
  return fatal && (reads(kind) || sends(kind));
}

}  // namespace gyre::detail
