//===- Tables.cpp - Attaching tables --------------------------------------===//

#include "Handles.h"
#include "LastError.h"

using namespace recflex;
using namespace recflex::capi;

RecflexStatus recflexTablesAttach(const RecflexModule *module,
                                  const void *const *tables, int32_t count,
                                  RecflexTables **attached) {
  return guarded([&]() -> Status {
    if (Status status = need(module, "module is null; load one"); !status)
      return status;
    if (Status status = need(attached, "attached is null; give the address of "
                                       "a RecflexTables *");
        !status)
      return status;
    size_t wanted = module->backend->manifest().tables.size();
    if (count < 0 || static_cast<size_t>(count) != wanted)
      return makeError("count is ", count, "; the model has ", wanted,
                       " tables, give the address of each");
    if (count != 0 && !tables)
      return makeError("tables is null; give the addresses of ", count,
                       " tables");

    std::vector<DevicePtr> addresses;
    for (int32_t i = 0; i != count; ++i)
      addresses.push_back(reinterpret_cast<DevicePtr>(tables[i]));
    auto backend = module->backend->attach(addresses);
    if (!backend)
      return backend.error();
    *attached = new RecflexTables{module->backend, std::move(*backend)};
    return {};
  });
}

void recflexTablesDestroy(RecflexTables *tables) { delete tables; }
