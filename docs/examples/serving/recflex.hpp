// The C API with C++'s manners: handles that are released, errors that are
// thrown. Small enough to be copied into a program and changed there.

#ifndef SERVING_RECFLEX_HPP
#define SERVING_RECFLEX_HPP

#include <recflex-c/Runtime.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace recflex_cpp {

class Error : public std::runtime_error {
public:
  explicit Error(RecflexStatus status)
      : std::runtime_error(std::string(recflexStatusName(status)) + ": " +
                           recflexLastError()),
        status(status) {}
  const RecflexStatus status;
};

inline void check(RecflexStatus status) {
  if (status != RECFLEX_OK)
    throw Error(status);
}

template <typename T, void (*Destroy)(T *)> struct Deleter {
  void operator()(T *handle) const { Destroy(handle); }
};
template <typename T, void (*Destroy)(T *)>
using Handle = std::unique_ptr<T, Deleter<T, Destroy>>;

using Module = Handle<RecflexModule, recflexModuleDestroy>;
using Tables = Handle<RecflexTables, recflexTablesDestroy>;
using Context = Handle<RecflexContext, recflexContextDestroy>;

inline Module load(const std::string &path, int device) {
  RecflexLoadOptions options = RECFLEX_INIT(options);
  options.device = device;
  RecflexModule *module = nullptr;
  check(recflexModuleLoad(path.c_str(), &options, &module));
  return Module(module);
}

inline RecflexModuleInfo describe(const Module &module) {
  RecflexModuleInfo info = RECFLEX_INIT(info);
  check(recflexModuleInfo(module.get(), &info));
  return info;
}

inline RecflexTableInfo describeTable(const Module &module, int32_t table) {
  RecflexTableInfo info = RECFLEX_INIT(info);
  check(recflexModuleTable(module.get(), table, &info));
  return info;
}

inline Tables attach(const Module &module,
                     const std::vector<const void *> &addresses) {
  RecflexTables *tables = nullptr;
  check(recflexTablesAttach(module.get(), addresses.data(),
                            static_cast<int32_t>(addresses.size()), &tables));
  return Tables(tables);
}

inline Context createContext(const Tables &tables, RecflexChecks checks) {
  RecflexContextOptions options = RECFLEX_INIT(options);
  options.checks = checks;
  RecflexContext *context = nullptr;
  check(recflexContextCreate(tables.get(), &options, &context));
  return Context(context);
}

// The faults since the last call, in words; all of them are counted in `total`.
inline std::vector<std::string> takeFaults(const Module &module,
                                           const Context &context, void *stream,
                                           int64_t &total) {
  std::vector<RecflexFault> faults(64);
  int64_t count = 0;
  check(recflexContextFaults(context.get(), stream, faults.data(),
                             static_cast<int64_t>(faults.size()), &count,
                             &total));
  check(recflexContextClearFaults(context.get(), stream));
  std::vector<std::string> texts;
  for (int64_t i = 0; i < count; ++i) {
    std::string text(recflexFaultText(module.get(), &faults[i], nullptr, 0), 0);
    recflexFaultText(module.get(), &faults[i], &text[0], text.size() + 1);
    texts.push_back(text);
  }
  return texts;
}

} // namespace recflex_cpp

#endif // SERVING_RECFLEX_HPP
