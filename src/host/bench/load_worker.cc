#include "host/bench/load_worker.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>

#include "host/bench/transport_faults.h"

namespace rigwise {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kLongestSleepNs = 20 * kMs;
/// Timers fire some tens of microseconds late; the rest is spent looking at the clock.
constexpr std::int64_t kSpinNs = 60'000;
/// Not running for so long, with work or a timer waiting, is a stop and no hiccup of the scheduler.
constexpr std::int64_t kStopNs = 100 * kMs;
/// A stamp may lie so far ahead of the clock: how exactly the two clocks' distance is known.
constexpr std::int64_t kFutureNs = 50'000;
/// What a wake-up takes beside waiting for a core.
constexpr std::int64_t kWakeNs = 50'000;
constexpr std::size_t kReadBytes = 65536;
/// A read's records may end one that began before it.
constexpr std::size_t kTextBytes = kReadBytes + 32768;

double run_queue_wait_s() {
  std::ifstream file("/proc/thread-self/schedstat");
  double running = 0, waiting = 0;
  return file >> running >> waiting ? waiting * 1e-9 : 0;
}

std::int64_t involuntary_switches() {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_nivcsw;
}

/// After the n-th failure in a row, so that a dead server is not flooded.
std::int64_t back_off_ns(std::uint32_t failures) {
  return std::min<std::int64_t>(100 * kMs << std::min(failures, 5U), 2000 * kMs);
}

}  // namespace

/// What the cutter finds goes into the log with the stamp of the read that completed it.
struct LoadWorker::Sink {
  LoadWorker& worker;
  Stream& stream;
  std::int64_t at_ns = 0;
  std::uint32_t events = 0;

  void on_head() {
    RequestRecord& record = worker.records_[stream.record];
    record.status = stream.cutter.status();
    record.head_ns = at_ns;
  }
  void on_event(std::string_view data, bool named_error) {
    worker.log_.add(named_error ? LogEntry::error_event : LogEntry::event, stream.slot, at_ns, data, stream.base);
    ++events;
  }
  void on_body(std::string_view bytes) { worker.log_.add(LogEntry::body, stream.slot, at_ns, bytes, stream.base); }
};

LoadWorker::LoadWorker(const LoadPlan& plan, LoadControl& control, int worker)
    : plan_(plan), control_(control), worker_(worker), buffer_(kReadBytes), events_(512), offset_(plan.wall) {
  const std::uint32_t threads = static_cast<std::uint32_t>(plan.threads), mine = static_cast<std::uint32_t>(worker);
  const std::uint32_t most = plan.is_open_loop() ? plan.connections_most : plan.streams;
  slots_most_ = most / threads + (mine < most % threads ? 1 : 0);
  under_way_ = std::make_unique<std::atomic<std::int64_t>[]>(std::max<std::size_t>(1, slots_most_));
  for (std::size_t i = 0; i < slots_most_; ++i) under_way_[i] = 0;
  idle_.reserve(slots_most_);
  if (plan.tls) text_.resize(kTextBytes);
  poll_ = epoll_create1(EPOLL_CLOEXEC);
  next_arrival_ = mine;
}

LoadWorker::~LoadWorker() {
  for (const Stream& stream : streams_) {
    if (stream.socket >= 0) ::close(stream.socket);
  }
  if (poll_ >= 0) ::close(poll_);
}

void LoadWorker::run() {
  run_queue_.open();
  prctl(PR_SET_TIMERSLACK, 1000);
  open_connections();
  control_.ready.fetch_add(1);
  wait_for_start();
  const std::int64_t cpu_before = clock_ns(CLOCK_THREAD_CPUTIME_ID), switches_before = involuntary_switches();
  const double waited_before = run_queue_wait_s();
  const std::int64_t began = monotonic_ns();
  if (!control_.stop) plan_first_wave();
  while (!control_.stop && !is_over()) step();
  sent_until_ns_ = INT64_MAX;
  signs_.cpu_s = static_cast<double>(clock_ns(CLOCK_THREAD_CPUTIME_ID) - cpu_before) * 1e-9;
  signs_.wall_s = static_cast<double>(monotonic_ns() - began) * 1e-9;
  signs_.run_queue_wait_s = run_queue_wait_s() - waited_before;
  signs_.involuntary_switches = involuntary_switches() - switches_before;
  finish_signs();
}

void LoadWorker::open_connections() {
  std::size_t wanted = slots_most_;
  if (plan_.is_open_loop()) {
    wanted = std::min<std::size_t>(wanted, plan_.connections / static_cast<std::uint32_t>(plan_.threads) + 1);
  }
  for (std::size_t i = 0; i < wanted; ++i) connect(add_stream());
  const std::int64_t give_up = monotonic_ns() + static_cast<std::int64_t>(plan_.connect_timeout_s * 1e9);
  const auto any_connecting = [&] {
    return std::any_of(streams_.begin(), streams_.end(), [](const Stream& s) { return s.phase == Phase::connecting; });
  };
  while (any_connecting() && monotonic_ns() < give_up && !control_.stop) {
    const int count = epoll_wait(poll_, events_.data(), static_cast<int>(events_.size()), 20);
    for (int i = 0; i < count; ++i) connected(streams_[events_[static_cast<std::size_t>(i)].data.u32]);
  }
}

void LoadWorker::wait_for_start() {
  while (control_.start_ns == 0 && !control_.stop) {
    const timespec moment{0, kMs};
    nanosleep(&moment, nullptr);
  }
  start_ns_ = control_.start_ns;
  looked_ns_ = stepped_ns_ = monotonic_ns();
  offset_.look();  // a step before the start hurts nobody
}

void LoadWorker::plan_first_wave() {
  if (plan_.is_open_loop()) return;
  for (Stream& stream : streams_) {
    const double place = (static_cast<double>(stream.slot) * plan_.threads + worker_) / plan_.streams;
    due_.push({start_ns_ + static_cast<std::int64_t>(place * plan_.stagger_s * 1e9), stream.slot});
  }
}

bool LoadWorker::is_over() const {
  if (busy_ > 0) return false;
  if (control_.ask_no_more) return true;
  return plan_.is_open_loop() && next_arrival_ >= plan_.arrivals.size();
}

std::int64_t LoadWorker::next_due_ns() const {
  std::int64_t next = INT64_MAX;
  if (!due_.empty()) next = due_.top().at_ns;
  if (plan_.is_open_loop() && next_arrival_ < plan_.arrivals.size()) {
    next = std::min(next, start_ns_ + plan_.arrivals[next_arrival_]);
  }
  return next;
}

void LoadWorker::step() {
  std::int64_t now = monotonic_ns();
  look_for_stop(stepped_ns_, now);
  const std::int64_t left = next_due_ns() - now;
  const std::int64_t sleep = std::clamp<std::int64_t>(left - kSpinNs, 0, kLongestSleepNs);
  const int count = wait_for_events(now, sleep);
  const std::int64_t woke = monotonic_ns();
  look_for_stop(now + sleep, woke);
  stepped_ns_ = woke;
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events_[static_cast<std::size_t>(i)];
    Stream& stream = streams_[event.data.u32];
    if (stream.phase == Phase::connecting) {
      connected(stream);
      continue;
    }
    if ((event.events & EPOLLOUT) != 0 && stream.socket >= 0) send(stream);
    if ((event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0 && stream.socket >= 0) read(stream);
    // What is due leaves between two reads: a thousand readable sockets must not make it late.
    if ((i & 15) == 15) send_due(monotonic_ns());
  }
  now = monotonic_ns();
  if (count == 0) {
    while (next_due_ns() - now > 0 && next_due_ns() - now <= kSpinNs) now = monotonic_ns();
  }
  send_due(now);
  if (now - looked_ns_ >= 100 * kMs) look_around(now);
}

int LoadWorker::wait_for_events(std::int64_t now_ns, std::int64_t sleep_ns) {
  came_after_ns_ = all_seen_ns_;
  // A look before the sleep: what it does not find comes later.
  const int most = static_cast<int>(events_.size());
  int count = epoll_wait(poll_, events_.data(), most, 0);
  std::int64_t seen_ns = now_ns;
  if (count == 0 && sleep_ns > 0) {
    const timespec wait{0, static_cast<long>(sleep_ns)};
    count = epoll_pwait2(poll_, events_.data(), most, &wait, nullptr);
    // The first event woke us: all came no longer ago than we waited for a core.
    if (count > 0) came_after_ns_ = seen_ns = std::max(now_ns, monotonic_ns() - run_queue_.waited_ns() - kWakeNs);
  }
  // What is not among them, or was read after this look, comes after it; a full list may have left some out.
  if (count >= 0 && count < most) all_seen_ns_ = seen_ns;
  return count;
}

void LoadWorker::look_for_stop(std::int64_t due_ns, std::int64_t now_ns) {
  if (now_ns - due_ns >= kStopNs) signs_.stops.push_back({due_ns, now_ns});
}

void LoadWorker::send_due(std::int64_t now_ns) {
  while (!due_.empty() && due_.top().at_ns <= now_ns) {
    const Due due = due_.top();
    due_.pop();
    if (control_.ask_no_more) continue;
    Stream& stream = streams_[due.slot];
    const std::uint32_t index =
        plan_.first_index + stream.sequence++ * plan_.streams +
        (stream.slot * static_cast<std::uint32_t>(plan_.threads) + static_cast<std::uint32_t>(worker_));
    ask(stream, due.at_ns, index);
  }
  send_arrivals(now_ns);
  // A worker that gets no core sends late; who ends the level must see that it has not sent yet.
  sent_until_ns_.store(now_ns, std::memory_order_release);
}

void LoadWorker::send_arrivals(std::int64_t now_ns) {
  if (!plan_.is_open_loop()) return;
  while (next_arrival_ < plan_.arrivals.size() && start_ns_ + plan_.arrivals[next_arrival_] <= now_ns) {
    const std::int64_t planned = start_ns_ + plan_.arrivals[next_arrival_];
    if (control_.ask_no_more) {
      next_arrival_ = plan_.arrivals.size();
      return;
    }
    arrive(planned, plan_.first_index + static_cast<std::uint32_t>(next_arrival_));
    next_arrival_ += static_cast<std::size_t>(plan_.threads);
  }
}

void LoadWorker::arrive(std::int64_t planned_ns, std::uint32_t index) {
  while (!idle_.empty()) {
    Stream& stream = streams_[idle_.back()];
    idle_.pop_back();
    if (stream.phase == Phase::idle) return ask(stream, planned_ns, index);
  }
  const auto closed =
      std::find_if(streams_.begin(), streams_.end(), [](const Stream& s) { return s.phase == Phase::closed; });
  if (closed != streams_.end()) return ask(*closed, planned_ns, index);
  if (streams_.size() < slots_most_) return ask(add_stream(), planned_ns, index);
  // More are under way than allowed: the arrival is lost, and that is a failure of the load, never silence.
  RequestRecord record;
  record.index = index;
  record.planned_ns = record.end_ns = planned_ns;
  record.fault = RequestFault::shed;
  records_.push_back(record);
  control_.shed.fetch_add(1, std::memory_order_relaxed);
}

void LoadWorker::look_around(std::int64_t now_ns) {
  looked_ns_ = now_ns;
  look_at_wall_clock();
  for (Stream& stream : streams_) {
    if (stream.phase == Phase::busy || (stream.phase == Phase::connecting && stream.asks_when_connected)) {
      const RequestRecord& record = records_[stream.record];
      const double whole_s = static_cast<double>(now_ns - record.planned_ns) * 1e-9;
      const double quiet_s = static_cast<double>(now_ns - stream.active_ns) * 1e-9;
      const double connecting_s = static_cast<double>(now_ns - stream.connect_ns) * 1e-9;
      if (stream.phase == Phase::connecting && connecting_s > plan_.connect_timeout_s) {
        request_failed(stream, RequestFault::connect_timeout);
      } else if (whole_s > plan_.total_timeout_s) {
        request_failed(stream, RequestFault::too_slow);
      } else if (quiet_s > plan_.idle_timeout_s) {
        request_failed(stream, RequestFault::stalled);
      }
    }
  }
}

void LoadWorker::ask(Stream& stream, std::int64_t planned_ns, std::uint32_t index) {
  RequestRecord record;
  record.index = index;
  record.stream = plan_.is_open_loop()
                      ? 0
                      : stream.slot * static_cast<std::uint32_t>(plan_.threads) + static_cast<std::uint32_t>(worker_);
  record.planned_ns = planned_ns;
  stream.record = static_cast<std::uint32_t>(records_.size());
  records_.push_back(record);
  log_.begin(stream.slot, stream.record);
  under_way_[stream.slot].store(planned_ns, std::memory_order_relaxed);
  ++busy_;
  stream.cutter.reset();
  stream.active_ns = monotonic_ns();
  control_.sent.fetch_add(1, std::memory_order_relaxed);
  if (planned_ns >= control_.measured_from_ns.load(std::memory_order_relaxed) &&
      control_.measured_sent.fetch_add(1, std::memory_order_relaxed) == control_.measured_wanted) {
    control_.measured_end_ns = planned_ns;
  }
  if (stream.phase == Phase::connecting) {
    stream.asks_when_connected = true;
  } else if (stream.phase == Phase::closed) {
    stream.asks_when_connected = true;
    if (!connect(stream)) request_failed(stream, fault_of_errno(errno));
  } else {
    begin_sending(stream);
  }
}

void LoadWorker::begin_sending(Stream& stream) {
  stream.phase = Phase::busy;
  stream.is_sending = true;
  const std::uint32_t index = records_[stream.record].index;
  if (stream.tls) {
    plan_.source->write(index, request_);
    if (!stream.tls->write(request_, stream.out)) return request_failed(stream, RequestFault::tls);
  } else {
    plan_.source->write(index, stream.out);
    stream.out_at = 0;
  }
  send(stream);
}

void LoadWorker::send(Stream& stream) {
  if (stream.out_at >= stream.out.size()) return;
  const std::int64_t before = monotonic_ns();
  const ssize_t count = ::send(stream.socket, stream.out.data() + stream.out_at, stream.out.size() - stream.out_at,
                               MSG_NOSIGNAL | MSG_DONTWAIT);
  if (count < 0 && errno != EAGAIN && errno != EINTR) return hang_up(stream);
  const std::int64_t after = monotonic_ns();
  if (count > 0) {
    stream.out_at += static_cast<std::size_t>(count);
    stream.active_ns = before;
  }
  const bool waits = stream.out_at < stream.out.size();
  if (stream.is_sending) {
    RequestRecord& record = records_[stream.record];
    if (count > 0 && record.sent_ns == 0) {
      record.sent_ns = before;
      signs_.send_call_ns.add(static_cast<std::uint64_t>(after - before));
    }
    if (!waits) record.sent_all_ns = after;
    stream.is_sending = waits;
  }
  if (!waits) {
    stream.out.clear();
    stream.out_at = 0;
  }
  if (waits == stream.waits_to_write) return;
  stream.waits_to_write = waits;
  watch(stream, waits ? EPOLLIN | EPOLLOUT : EPOLLIN, EPOLL_CTL_MOD);
}

void LoadWorker::look_at_wall_clock() {
  if (!offset_.look()) return;
  ++signs_.clock_steps;
  wall_set_ns_ = monotonic_ns();
}

std::int64_t LoadWorker::stamp_of(const msghdr& message, std::int64_t now_ns, std::int64_t came_after_ns) {
  for (cmsghdr* control = CMSG_FIRSTHDR(&message); control != nullptr;
       control = CMSG_NXTHDR(const_cast<msghdr*>(&message), control)) {
    if (control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_TIMESTAMPNS) continue;
    timespec wall{};
    std::copy_n(reinterpret_cast<const char*>(CMSG_DATA(control)), sizeof wall, reinterpret_cast<char*>(&wall));
    const std::int64_t kernel_ns = static_cast<std::int64_t>(wall.tv_sec) * 1'000'000'000 + wall.tv_nsec;
    // A stamp from the future tells of a look at the clocks that was none too exact, or that one was set.
    if (!offset_.seems_as_before() || offset_.to_monotonic(kernel_ns) > now_ns + kFutureNs) look_at_wall_clock();
    if (wall_set_ns_ != 0 && came_after_ns <= wall_set_ns_)
      break;  // stamped before the clock was set, or after: nobody knows
    const std::int64_t at = offset_.to_monotonic(kernel_ns);
    if (at > now_ns + kFutureNs) break;
    ++signs_.stamped;
    signs_.wake_delay_ns.add(static_cast<std::uint64_t>(std::max<std::int64_t>(0, now_ns - at)));
    return std::min(at, now_ns);
  }
  ++signs_.unstamped;
  return now_ns;
}

void LoadWorker::read(Stream& stream) {
  char control[128];
  iovec place{buffer_.data(), buffer_.size()};
  msghdr message{};
  message.msg_iov = &place;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  const ssize_t count = recvmsg(stream.socket, &message, MSG_DONTWAIT);
  const std::int64_t now = monotonic_ns();
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count == 0) errno = 0;  // an end is no error, whatever the last one was
  if (count <= 0) return hang_up(stream);
  const std::int64_t came_after = stream.left_over ? 0 : came_after_ns_;
  stream.left_over = static_cast<std::size_t>(count) == buffer_.size();
  std::string_view bytes(buffer_.data(), static_cast<std::size_t>(count));
  if (stream.tls) bytes = decrypted(stream, bytes);
  const TlsPipe::State secret = stream.tls ? stream.tls->state() : TlsPipe::State::open;
  if (!bytes.empty()) {
    if (stream.phase != Phase::busy) return close(stream);  // nobody asked: nothing good can come of this connection
    const std::int64_t at = stamp_of(message, now, came_after);
    stream.active_ns = now;
    take_answer(stream, bytes, at, came_after);
  }
  if (!stream.tls) return;  // plain, or closed meanwhile
  if (secret == TlsPipe::State::failed) {
    if (stream.phase == Phase::busy) return request_failed(stream, RequestFault::tls);
    return close(stream);
  }
  if (secret == TlsPipe::State::ended) {
    errno = 0;
    return hang_up(stream);
  }
  stream.tls->drain(stream.out);  // a change of keys wants an answer
  send(stream);
}

/// What the records say that this read made whole.
std::string_view LoadWorker::decrypted(Stream& stream, std::string_view wire) {
  stream.tls->take(wire);
  std::size_t size = 0;
  while (size < text_.size()) {
    const std::size_t count = stream.tls->read(text_.data() + size, text_.size() - size);
    if (count == 0) break;
    size += count;
  }
  return {text_.data(), size};
}

void LoadWorker::take_answer(Stream& stream, std::string_view bytes, std::int64_t at_ns, std::int64_t came_after_ns) {
  records_[stream.record].begun = true;
  Sink sink{*this, stream, at_ns, 0};
  stream.cutter.feed(bytes, sink);
  if (sink.events > 1) log_.add_bound(stream.slot, came_after_ns);
  signs_.events += sink.events;
  control_.events.fetch_add(sink.events, std::memory_order_relaxed);
  const AnswerCutter::State state = stream.cutter.state();
  if (state == AnswerCutter::State::over) return answer_over(stream, at_ns);
  if (state == AnswerCutter::State::broken) return request_failed(stream, RequestFault::malformed_http);
}

void LoadWorker::hang_up(Stream& stream) {
  if (stream.phase == Phase::connecting) return connection_failed(stream, RequestFault::tls);
  if (stream.phase != Phase::busy) return close(stream);
  RequestRecord& record = records_[stream.record];
  int error = errno;
  socklen_t size = sizeof error;
  int pending = 0;
  if (getsockopt(stream.socket, SOL_SOCKET, SO_ERROR, &pending, &size) == 0 && pending != 0) error = pending;
  const bool reset = error == ECONNRESET || error == EPIPE;
  const std::int64_t now = monotonic_ns();
  Sink sink{*this, stream, now, 0};
  // Without a goodbye of TLS nobody knows whether this was all.
  const bool whole = !stream.tls || stream.tls->state() == TlsPipe::State::ended;
  if (!reset && whole && stream.cutter.end_of_connection(sink)) return answer_over(stream, now);
  if (!record.begun && stream.asked_before) {
    // The server may close an idle connection at any time, and our question met the closed door: it was not read.
    record.oddities |= kResentOnClosedDoor;
    close(stream);
    stream.cutter.reset();
    stream.asks_when_connected = true;
    if (!connect(stream)) request_failed(stream, fault_of_errno(errno));
    return;
  }
  request_failed(stream, reset ? RequestFault::reset : RequestFault::cut);
}

void LoadWorker::answer_over(Stream& stream, std::int64_t at_ns) {
  const AnswerCutter& cutter = stream.cutter;
  RequestRecord& record = records_[stream.record];
  if (cutter.status() < 200 || cutter.status() >= 300) {
    record.fault = fault_of_http(cutter.status());
  } else if (cutter.is_encoded()) {
    record.fault = RequestFault::encoded_body;
  } else if (cutter.kind() == AnswerKind::other) {
    record.fault = RequestFault::wrong_content_type;
  }
  if (!cutter.keeps_alive() || cutter.state() == AnswerCutter::State::broken) close(stream);
  request_ended(stream, at_ns);
}

void LoadWorker::request_failed(Stream& stream, RequestFault fault) {
  records_[stream.record].fault = fault;
  if (fault == RequestFault::client_limit) ++signs_.client_limits;
  stream.asks_when_connected = false;
  close(stream);
  request_ended(stream, monotonic_ns());
}

void LoadWorker::request_ended(Stream& stream, std::int64_t at_ns) {
  RequestRecord& record = records_[stream.record];
  record.end_ns = at_ns;
  under_way_[stream.slot].store(0, std::memory_order_relaxed);
  --busy_;
  const bool failed = record.fault != RequestFault::none;
  stream.failures = failed ? stream.failures + 1 : 0;
  control_.ended.fetch_add(1, std::memory_order_relaxed);
  if (failed) control_.failed.fetch_add(1, std::memory_order_relaxed);
  stream.asked_before = true;
  if (stream.phase == Phase::busy) stream.phase = Phase::idle;
  if (plan_.is_open_loop()) {
    if (stream.phase == Phase::idle) idle_.push_back(stream.slot);
    return;
  }
  if (control_.ask_no_more) return;
  const std::int64_t now = monotonic_ns();
  const std::int64_t rest = failed ? back_off_ns(stream.failures) : static_cast<std::int64_t>(plan_.think_s * 1e9);
  due_.push({now + rest, stream.slot});
}

bool LoadWorker::is_answered(std::int64_t from_ns, std::int64_t to_ns) const {
  // In this order: what had left by then is under way, or over.
  if (sent_until_ns_.load(std::memory_order_acquire) < to_ns) return false;
  for (std::size_t i = 0; i < slots_most_; ++i) {
    const std::int64_t planned = under_way_[i].load(std::memory_order_relaxed);
    if (planned != 0 && planned >= from_ns && planned < to_ns) return false;
  }
  return true;
}

void LoadWorker::finish_signs() {
  look_at_wall_clock();
  const std::int64_t now = monotonic_ns();
  for (Stream& stream : streams_) {
    if (stream.phase == Phase::busy || stream.asks_when_connected) {
      RequestRecord& record = records_[stream.record];
      record.fault =
          record.planned_ns < control_.too_slow_before_ns ? RequestFault::too_slow : RequestFault::interrupted;
      record.end_ns = now;
      under_way_[stream.slot].store(0, std::memory_order_relaxed);
    }
    if (stream.socket >= 0) close(stream);
  }
}

}  // namespace rigwise
