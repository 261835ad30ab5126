/* The least that an HTTP/1.1 server on io_uring can do on this kernel: floor PORT
 *
 * What gyre is measured against, not an example to follow. It looks for the empty line that ends a request and answers
 * it with constant bytes: no parsing, no routing, no limits, no time limits, no date. What it costs is the kernel's
 * cost. It does what measured best: one ring with deferred task work, a multishot accept into direct descriptors, a
 * multishot receive into provided buffers, and one send for all requests of a buffer, without a completion.
 *
 * Right only for clients that read what they asked for before they ask for more: a client that does not, could see the
 * answers of two buffers mixed. */
#define _GNU_SOURCE
#include <liburing.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>

#include "floor.h"

enum { buffer_size = 4096, buffer_count = 1024, connections_max = 20000, ring_entries = 1024, cq_entries = 8192 };
enum operation { op_accept, op_receive, op_send, op_close };

static struct io_uring ring;
static struct io_uring_buf_ring *buffers;
static char *pool;
static unsigned char progress[connections_max]; /* of each connection: see count_requests */
static volatile sig_atomic_t stopped;

static void on_signal(int number) {
  (void)number;
  stopped = 1;
}

static struct io_uring_sqe *next_sqe(enum operation operation, int connection) {
  struct io_uring_sqe *sqe = io_uring_get_sqe(&ring);
  if (sqe == NULL) {
    io_uring_submit(&ring);
    sqe = io_uring_get_sqe(&ring);
  }
  sqe->user_data = (uint64_t)operation << 32 | (unsigned)connection;
  return sqe;
}

static void arm_accept(int listener) {
  struct io_uring_sqe *sqe = next_sqe(op_accept, 0);
  io_uring_prep_multishot_accept_direct(sqe, listener, NULL, NULL, 0);
}

static void arm_receive(int connection) {
  struct io_uring_sqe *sqe = next_sqe(op_receive, connection);
  io_uring_prep_recv_multishot(sqe, connection, NULL, 0, 0);
  sqe->flags |= IOSQE_BUFFER_SELECT | IOSQE_FIXED_FILE;
  sqe->buf_group = 0;
}

static void send_answers(int connection, unsigned count) {
  while (count > 0) {
    const unsigned part = count > answers_max ? answers_max : count;
    struct io_uring_sqe *sqe = next_sqe(op_send, connection);
    io_uring_prep_send(sqe, connection, answers, part * answer_size, MSG_NOSIGNAL | MSG_WAITALL);
    sqe->flags |= IOSQE_FIXED_FILE | IOSQE_CQE_SKIP_SUCCESS;
      count -= part;
  }
}

static void close_connection(int connection) {
  struct io_uring_sqe *sqe = next_sqe(op_close, connection);
  io_uring_prep_close_direct(sqe, (unsigned)connection);
}

static void give_back(unsigned buffer, int offset) {
  io_uring_buf_ring_add(buffers, pool + (size_t)buffer * buffer_size, buffer_size, (unsigned short)buffer,
                        io_uring_buf_ring_mask(buffer_count), offset);
}

/* Returns how many buffers it has given back: they become the kernel's when the ring is advanced. */
static int on_received(const struct io_uring_cqe *cqe, int connection, int given_back) {
  int given = 0;
  if (cqe->flags & IORING_CQE_F_BUFFER) {
    const unsigned buffer = cqe->flags >> IORING_CQE_BUFFER_SHIFT;
    const char *bytes = pool + (size_t)buffer * buffer_size;
    if (cqe->res > 0) send_answers(connection, count_requests(&progress[connection], bytes, (size_t)cqe->res));
    give_back(buffer, given_back);
    given = 1;
  }
  if (cqe->res <= 0 && cqe->res != -ENOBUFS && cqe->res != -EAGAIN) {
    close_connection(connection);
  } else if (!(cqe->flags & IORING_CQE_F_MORE)) {
    arm_receive(connection);
  }
  return given;
}

static void reap(int listener) {
  struct io_uring_cqe *cqe;
  unsigned head, count = 0;
  int given_back = 0;
  io_uring_for_each_cqe(&ring, head, cqe) {
    const enum operation operation = (enum operation)(cqe->user_data >> 32);
    if (operation == op_receive) given_back += on_received(cqe, (int)(unsigned)cqe->user_data, given_back);
    if (operation == op_accept) {
      if (cqe->res >= 0) {
        progress[cqe->res] = 0;
        arm_receive(cqe->res);
      }
      if (!(cqe->flags & IORING_CQE_F_MORE)) arm_accept(listener);
    }
    ++count;
  }
  io_uring_buf_ring_advance(buffers, given_back);
  io_uring_cq_advance(&ring, count);
}

static void *pages(size_t size) {
  void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_PRIVATE, -1, 0);
  if (memory == MAP_FAILED) fail("mmap", errno);
  return memory;
}

static void open_ring(void) {
  struct io_uring_params params = {
      .flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_CQSIZE,
      .cq_entries = cq_entries};
  int error = io_uring_queue_init_params(ring_entries, &ring, &params);
  if (error < 0) fail("io_uring", -error);
  io_uring_register_ring_fd(&ring);
  error = io_uring_register_files_sparse(&ring, connections_max);
  if (error < 0) fail("direct descriptors", -error);

  buffers = pages(buffer_count * sizeof(struct io_uring_buf));
  pool = pages((size_t)buffer_count * buffer_size);
  struct io_uring_buf_reg group = {.ring_addr = (uintptr_t)buffers, .ring_entries = buffer_count, .bgid = 0};
  error = io_uring_register_buf_ring(&ring, &group, 0);
  if (error < 0) fail("provided buffers", -error);
  io_uring_buf_ring_init(buffers);
  for (unsigned buffer = 0; buffer < buffer_count; ++buffer) give_back(buffer, (int)buffer);
  io_uring_buf_ring_advance(buffers, buffer_count);
}

int main(int argc, char **argv) {
  fill_answers();
  const struct sigaction stop = {.sa_handler = on_signal};
  sigaction(SIGTERM, &stop, NULL);
  sigaction(SIGINT, &stop, NULL);
  const int listener = listen_on(argc > 1 ? argv[1] : "0", 0);
  open_ring();
  arm_accept(listener);
  announce(listener, "uring");
  while (!stopped) {
    const int result = io_uring_submit_and_wait(&ring, 1);
    if (result < 0 && result != -EINTR) fail("io_uring_enter", -result);
    reap(listener);
  }
  return 0;
}
