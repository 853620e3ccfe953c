//===- RemoteBench.cpp - A bench in another process -----------------------===//

#include "recflex/Profiling/RemoteBench.h"

#include "ChildProcess.h"
#include "Wire.h"

using Clock = std::chrono::steady_clock;

namespace recflex {

//===----------------------------------------------------------------------===//
// Messages
//===----------------------------------------------------------------------===//

enum class Call : uint32_t { describe, load, unload, profile, time };

/// Each has its twin below.
static void write(WireWriter &to, const BenchDevice &device) {
  to.put(device.name);
  to.put(device.chip);
  to.put(device.driver);
  for (int64_t number :
       {device.multiprocessors, device.maxThreads, device.maxBlocks,
        device.registers, device.sharedBytes})
    to.put(number);
}
static void read(WireReader &from, BenchDevice &device) {
  device.name = from.getText();
  device.chip = from.getText();
  device.driver = from.getText();
  for (int64_t *number :
       {&device.multiprocessors, &device.maxThreads, &device.maxBlocks,
        &device.registers, &device.sharedBytes})
    *number = from.get<int64_t>();
}

static void write(WireWriter &to, const PaletteFigures &figures) {
  to.put(figures);
}
static void read(WireReader &from, PaletteFigures &figures) {
  figures = from.get<PaletteFigures>();
}

static void write(WireWriter &to, const KernelTiming &timing) {
  to.put(timing);
}
static void read(WireReader &from, KernelTiming &timing) {
  timing = from.get<KernelTiming>();
}

static void write(WireWriter &to, const std::vector<FeatureProfile> &profiles) {
  to.put(profiles);
}
static void read(WireReader &from, std::vector<FeatureProfile> &profiles) {
  profiles = from.getAll<FeatureProfile>();
}

static void write(WireWriter &to, const PaletteImage &image) {
  to.put(image.code);
  to.put(image.isCubin);
  to.put(image.threads);
  to.put(image.scratchBytes);
  to.put(image.tileCuts);
  to.put(image.hasForward);
}
static void read(WireReader &from, PaletteImage &image) {
  image.code = from.getText();
  image.isCubin = from.get<bool>();
  image.threads = from.get<int32_t>();
  image.scratchBytes = from.get<int64_t>();
  image.tileCuts = from.getAll<int32_t>();
  image.hasForward = from.get<bool>();
}

/// An answer: whether there are figures, then they, or the failure.
template <typename T> static std::string toAnswer(const Benched<T> &benched) {
  WireWriter to;
  auto *figures = std::get_if<T>(&benched);
  to.put(figures != nullptr);
  if (figures) {
    write(to, *figures);
  } else {
    const BenchFailure &failure = std::get<BenchFailure>(benched);
    to.put(failure.kind);
    to.put(failure.message);
  }
  return to.text();
}

template <typename T>
static Benched<T> fromAnswer(const Benched<std::string> &answer) {
  auto *text = std::get_if<std::string>(&answer);
  if (!text)
    return std::get<BenchFailure>(answer);
  WireReader from(*text);
  T figures;
  BenchFailure failure;
  bool isOk = from.get<bool>();
  if (isOk) {
    read(from, figures);
  } else {
    failure.kind = from.get<BenchFailure::Kind>();
    failure.message = from.getText();
  }
  if (!from.isWhole())
    return BenchFailure{BenchFailure::crashed, "the answer is cut short"};
  if (!isOk)
    return failure;
  return figures;
}

//===----------------------------------------------------------------------===//
// The child
//===----------------------------------------------------------------------===//

static std::string answer(PaletteBench &bench, const std::string &request) {
  WireReader from(request);
  Call call = from.get<Call>();
  int64_t palette = from.get<int64_t>();
  switch (call) {
  case Call::describe:
    return toAnswer(bench.describe());
  case Call::load: {
    PaletteImage image;
    read(from, image);
    return toAnswer(bench.load(palette, image));
  }
  case Call::unload:
    bench.unload(palette);
    return "";
  case Call::profile: {
    int rounds = from.get<int32_t>();
    return toAnswer(bench.profile(palette, from.getAll<FeatureBody>(), rounds));
  }
  case Call::time: {
    auto assignment = from.getAll<FeatureBody>();
    int64_t yardstickPalette = from.get<int64_t>();
    auto yardstick = from.getAll<FeatureBody>();
    int samples = from.get<int32_t>();
    return toAnswer(
        bench.time(palette, assignment, yardstickPalette, yardstick, samples));
  }
  }
  return "";
}

/// Says first whether there is a bench, then answers until nobody asks.
static void serve(MessageEnd &connection, const RemoteBench::Factory &factory) {
  auto bench = factory();
  std::string greeting =
      toAnswer(bench ? (*bench)->describe()
                     : Benched<BenchDevice>(BenchFailure{
                           BenchFailure::deviceLost, bench.error().message}));
  if (connection.send(greeting, std::nullopt) != MessageEnd::Outcome::done)
    return;
  std::string request;
  while (bench &&
         connection.receive(request, std::nullopt) == MessageEnd::Outcome::done)
    if (connection.send(answer(**bench, request), std::nullopt) !=
        MessageEnd::Outcome::done)
      return;
}

//===----------------------------------------------------------------------===//
// This process
//===----------------------------------------------------------------------===//

RemoteBench::RemoteBench(Factory factory, const Limits &limits)
    : factory(std::move(factory)), limits(limits) {}

RemoteBench::~RemoteBench() = default;

BenchFailure RemoteBench::fail(BenchFailure::Kind kind,
                               const std::string &message) {
  std::string end = child->stop();
  child.reset();
  loaded.clear();
  if (kind == BenchFailure::crashed && !end.empty())
    return {kind, message + ": " + end};
  return {kind, message};
}

/// Starts a child, unless one runs.
std::optional<BenchFailure> RemoteBench::start() {
  if (child)
    return std::nullopt;
  std::string problem;
  auto started = ChildProcess::start(
      [&](MessageEnd &connection) { serve(connection, factory); }, problem);
  if (!started)
    return BenchFailure{BenchFailure::deviceLost,
                        "cannot start a process to measure in: " + problem};
  child = std::make_unique<ChildProcess>(std::move(*started));
  ++startCount;
  std::string greeting;
  switch (child->connection().receive(greeting, Clock::now() + limits.start)) {
  case MessageEnd::Outcome::closed: {
    BenchFailure failure =
        fail(BenchFailure::crashed, "the process that measures ended at once");
    failure.kind = BenchFailure::deviceLost;
    return failure;
  }
  case MessageEnd::Outcome::late:
    return fail(BenchFailure::deviceLost,
                "the device was not ready within " +
                    std::to_string(limits.start.count() / 1000) + " s");
  case MessageEnd::Outcome::done:
    break;
  }
  auto described = fromAnswer<BenchDevice>(greeting);
  if (auto *failure = std::get_if<BenchFailure>(&described))
    return fail(BenchFailure::deviceLost, failure->message);
  return std::nullopt;
}

/// Sends a request to a child that runs, and waits for the answer.
Benched<std::string> RemoteBench::call(const std::string &request,
                                       Duration limit) {
  auto deadline = Clock::now() + limit;
  std::string text;
  MessageEnd::Outcome outcome = child->connection().send(request, deadline);
  if (outcome == MessageEnd::Outcome::done)
    outcome = child->connection().receive(text, deadline);
  switch (outcome) {
  case MessageEnd::Outcome::done:
    return text;
  case MessageEnd::Outcome::closed:
    return fail(BenchFailure::crashed, "the process that measures died");
  case MessageEnd::Outcome::late:
    return fail(BenchFailure::timedOut,
                "not done within " + std::to_string(limit.count() / 1e3) +
                    " s");
  }
  return BenchFailure{};
}

/// Gives the child a palette, and remembers that it has it.
Benched<PaletteFigures> RemoteBench::send(int64_t palette,
                                          const PaletteImage &image) {
  WireWriter to;
  to.put(Call::load);
  to.put(palette);
  write(to, image);
  auto figures = fromAnswer<PaletteFigures>(call(to.text(), limits.load));
  if (std::holds_alternative<PaletteFigures>(figures))
    loaded.insert(palette);
  return figures;
}

/// Starts a child if none runs, and gives it a palette that the last one had.
std::optional<BenchFailure> RemoteBench::restore(int64_t palette) {
  if (auto failure = start())
    return failure;
  if (loaded.count(palette) || !images.count(palette))
    return std::nullopt;
  auto figures = send(palette, images[palette]);
  if (auto *failure = std::get_if<BenchFailure>(&figures))
    return *failure;
  return std::nullopt;
}

Benched<BenchDevice> RemoteBench::describe() {
  if (auto failure = start())
    return *failure;
  WireWriter to;
  to.put(Call::describe);
  to.put(int64_t{0});
  return fromAnswer<BenchDevice>(call(to.text(), limits.run));
}

Benched<PaletteFigures> RemoteBench::load(int64_t palette,
                                          const PaletteImage &image) {
  images.erase(palette);
  if (auto failure = start())
    return *failure;
  auto figures = send(palette, image);
  if (std::holds_alternative<PaletteFigures>(figures))
    images[palette] = image;
  return figures;
}

void RemoteBench::unload(int64_t palette) {
  images.erase(palette);
  if (!child || !loaded.erase(palette))
    return;
  WireWriter to;
  to.put(Call::unload);
  to.put(palette);
  (void)call(to.text(), limits.run);
}

/// Sends a request of a run. After a failed one the device is in doubt: the
/// next gets a new process.
template <typename T> Benched<T> RemoteBench::run(const std::string &request) {
  auto answer = fromAnswer<T>(call(request, limits.run));
  if (std::holds_alternative<BenchFailure>(answer) && child)
    (void)fail(BenchFailure::crashed, "");
  return answer;
}

Benched<std::vector<FeatureProfile>>
RemoteBench::profile(int64_t palette, const BodyAssignment &assignment,
                     int rounds) {
  if (auto failure = restore(palette))
    return *failure;
  WireWriter to;
  to.put(Call::profile);
  to.put(palette);
  to.put(static_cast<int32_t>(rounds));
  to.put(assignment);
  return run<std::vector<FeatureProfile>>(to.text());
}

Benched<KernelTiming> RemoteBench::time(int64_t palette,
                                        const BodyAssignment &assignment,
                                        int64_t yardstickPalette,
                                        const BodyAssignment &yardstick,
                                        int samples) {
  for (int64_t needed : {palette, yardstickPalette})
    if (auto failure = restore(needed))
      return *failure;
  WireWriter to;
  to.put(Call::time);
  to.put(palette);
  to.put(assignment);
  to.put(yardstickPalette);
  to.put(yardstick);
  to.put(static_cast<int32_t>(samples));
  return run<KernelTiming>(to.text());
}

} // namespace recflex
