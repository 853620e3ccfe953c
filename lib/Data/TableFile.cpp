//===- TableFile.cpp - A model's tables in a safetensors file -------------===//

#include "recflex/Data/TableFile.h"

#include <algorithm>

namespace recflex {

/// Bytes that are filled at once: large enough that a write's fixed cost does
/// not count, small enough for any machine.
static constexpr int64_t pieceBytes = 4 << 20;

Status writeGeneratedTables(const ModelSpec &model, uint64_t seed,
                            TableFill fill, const std::string &path) {
  std::vector<TensorInfo> tensors;
  for (const TableSpec &table : model.tables)
    tensors.push_back(
        {table.name, dtypeOf(table.type), {table.rows, table.width}});
  Result<SafeTensorsWriter> writer =
      SafeTensorsWriter::create(path, std::move(tensors));
  if (!writer)
    return writer.error();

  std::vector<float> piece; // also holds halves: operator new aligns for all
  for (size_t t = 0; t < model.tables.size(); ++t) {
    const TableSpec &table = model.tables[t];
    int64_t rowBytes = table.width * byteSize(table.type);
    int64_t rowsAtOnce = std::clamp<int64_t>(
        pieceBytes / std::max<int64_t>(rowBytes, 1), 1, table.rows);
    piece.resize((rowsAtOnce * rowBytes + 3) / 4);
    for (int64_t row = 0; row < table.rows; row += rowsAtOnce) {
      int64_t count = std::min(rowsAtOnce, table.rows - row);
      fillTable(table, t, seed, fill, piece.data(), row, count);
      if (Status put = writer->write(piece.data(), count * rowBytes); !put)
        return put;
    }
  }
  return writer->commit();
}

Result<std::vector<const void *>>
findTables(const SafeTensors &file, const std::vector<TableSpec> &tables) {
  std::vector<const void *> found;
  for (const TableSpec &table : tables) {
    Result<TensorView> view = file.get(table.name, dtypeOf(table.type));
    if (!view)
      return view.error();
    TensorShape shape = {table.rows, table.width};
    if (view->shape != shape)
      return makeError(file.path(), ": tensor '", table.name, "' has shape ",
                       toString(view->shape), " but the model's table is ",
                       toString(shape));
    found.push_back(view->data);
  }
  return found;
}

} // namespace recflex
