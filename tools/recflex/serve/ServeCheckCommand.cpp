//===- ServeCheckCommand.cpp - recflex serve-check ------------------------===//

#include "../Command.h"
#include "ServedModel.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

namespace cl = llvm::cl;

namespace recflex {
namespace {

class ServeCheckCommand final : public Command {
public:
  ServeCheckCommand()
      : Command("serve-check", "an artifact under load from many threads") {}

  Status run() override {
    LoadOptions options;
    options.threads = threads;
    options.streams = streams;
    options.launches = launches;
    options.seconds = seconds;
    options.compareEvery = compareEvery;
    auto model = served.read();
    if (!model)
      return model.error();
    auto references = model->references();
    if (!references)
      return references.error();
    ContextOptions context;
    context.checks = served.checks();
    auto server = served.load(*model, model->batches, context, threads);
    if (!server)
      return server.error();
    auto error = verifyAlone(**server, *references);
    if (!error)
      return error.error();
    auto report = runLoad(**server, model->costs(), options);
    if (!report)
      return report.error();
    if (json)
      printJson(*model, **server, *report, *error);
    else
      printText(*model, **server, *report, *error);
    return judge(*report);
  }

private:
  static Status judge(const LoadReport &r) {
    if (r.errors > 0)
      return makeError(r.errors, " threads failed; the first: ")
          .then(r.firstError);
    if (r.differingWords > 0)
      return makeError("results under load differ from those of one thread in ",
                       r.differingWords, " words of ", r.compared,
                       " batches that were compared");
    if (r.batches == 0)
      return makeError("no batch was done in time; give more --seconds");
    return {};
  }

  void printText(const ServedModel &model, const Server &server,
                 const LoadReport &r, double error) const {
    llvm::raw_ostream &os = llvm::outs();
    os << "model: " << model.artifact.manifest.name << " on "
       << server.describe() << '\n'
       << "load: " << threads << " threads, " << streams << " streams, "
       << model.batches.size() << " batches of "
       << model.batches.front().batchSize << " samples, "
       << llvm::format("%.2f", r.seconds) << " s\n";
    printLine(os, "latency: ", r.latency);
    printLine(os, "launch call: ", r.launch);
    auto rate = [&](int64_t count) {
      return llvm::format("%.0f", count / r.seconds);
    };
    os << "throughput: " << rate(r.batches) << " batches/s, " << rate(r.samples)
       << " samples/s, " << rate(r.lookups) << " lookups/s\n"
       << "alone: every batch verified, max rel. error "
       << llvm::format("%.2e", error) << '\n'
       << "under load: " << r.compared << " of " << r.batches
       << " batches compared bit for bit, " << r.differingWords
       << " words differ, " << r.errors << " errors\n";
  }

  static void printLine(llvm::raw_ostream &os, const char *what,
                        const Latency &l) {
    os << what
       << llvm::format("p50 %.1f us, p90 %.1f us, p99 %.1f us, ", l.p50 * 1e6,
                       l.p90 * 1e6, l.p99 * 1e6)
       << llvm::format("p99.9 %.1f us, max %.1f us", l.p999 * 1e6, l.max * 1e6)
       << " (" << l.samples << " batches)\n";
  }

  void printJson(const ServedModel &model, const Server &server,
                 const LoadReport &r, double error) const {
    llvm::json::OStream out(llvm::outs());
    out.object([&] {
      out.attribute("model", model.artifact.manifest.name);
      out.attribute("device", server.describe());
      out.attribute("threads", int64_t(threads));
      out.attribute("streams", int64_t(streams));
      out.attribute("batch_size", model.batches.front().batchSize);
      out.attribute("seconds", r.seconds);
      out.attribute("batches", r.batches);
      out.attribute("batches_per_s", r.batches / r.seconds);
      out.attribute("samples_per_s", r.samples / r.seconds);
      out.attribute("lookups_per_s", r.lookups / r.seconds);
      printObject(out, "latency_us", r.latency);
      printObject(out, "launch_us", r.launch);
      out.attribute("max_relative_error", error);
      out.attribute("compared", r.compared);
      out.attribute("differing_words", r.differingWords);
      out.attribute("errors", r.errors);
      out.attribute("first_error", r.firstError);
    });
    llvm::outs() << '\n';
  }

  static void printObject(llvm::json::OStream &out, const char *name,
                          const Latency &l) {
    out.attributeObject(name, [&] {
      out.attribute("p50", l.p50 * 1e6);
      out.attribute("p90", l.p90 * 1e6);
      out.attribute("p99", l.p99 * 1e6);
      out.attribute("p99.9", l.p999 * 1e6);
      out.attribute("max", l.max * 1e6);
      out.attribute("samples", l.samples);
    });
  }

  ServedModelOptions served{sub};
  cl::opt<int64_t> threads{"threads", cl::desc("threads that launch"),
                           cl::init(8), cl::sub(sub)};
  cl::opt<int64_t> streams{
      "streams", cl::desc("streams: thread i launches in stream i modulo this"),
      cl::init(4), cl::sub(sub)};
  cl::opt<double> seconds{"seconds", cl::desc("how long the load lasts"),
                          cl::init(5), cl::sub(sub)};
  cl::opt<int64_t> launches{
      "launches",
      cl::desc("batches to run, of all threads together, instead of a time"),
      cl::init(0), cl::sub(sub)};
  cl::opt<int64_t> compareEvery{
      "compare-every",
      cl::desc("every n-th batch of a thread is compared, bit for bit, and not "
               "timed; 0: none"),
      cl::init(16), cl::sub(sub)};
  cl::opt<bool> json{"json", cl::desc("one JSON object, for machines"),
                     cl::sub(sub)};
};

} // namespace

std::unique_ptr<Command> createServeCheckCommand() {
  return std::make_unique<ServeCheckCommand>();
}

} // namespace recflex
