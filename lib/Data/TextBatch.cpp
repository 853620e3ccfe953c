//===- TextBatch.cpp - The original RecFlex's text batches ----------------===//

#include "recflex/Data/TextBatch.h"

#include "TextFields.h"
#include "recflex/Data/ModelLimits.h"
#include "recflex/Support/Files.h"

namespace recflex {

static Error lineError(const std::string &path, int64_t line,
                       const Error &error) {
  return error.in(path + ":" + std::to_string(line));
}

/// Empty batches of the sizes that the file lists.
static Result<std::vector<Batch>> readBatchSizes(const std::string &path,
                                                 int64_t numFeatures,
                                                 IndexType indexType) {
  Result<std::string> contents = readFile(path);
  if (!contents)
    return contents.error();
  std::vector<Batch> batches;
  std::string_view text = *contents;
  for (int64_t line = 1; !text.empty(); ++line) {
    std::string_view field = trim(takeUntil(text, '\n'));
    if (field.empty())
      continue;
    std::optional<int64_t> size = parseNumber<int64_t>(field);
    if (!size || *size < 1 || *size > maxBatchSize)
      return lineError(path, line,
                       makeError("the batch size is '", field,
                                 "' but must be a whole number from 1 to ",
                                 maxBatchSize));
    if (int64_t(batches.size()) == maxTextBatches)
      return lineError(path, line,
                       makeError("is one batch too many; a folder has at most ",
                                 maxTextBatches));
    Batch batch;
    batch.batchSize = *size;
    batch.numFeatures = numFeatures;
    batch.values.type = indexType;
    batch.offsets.type = indexType;
    batch.offsets.append(0);
    batches.push_back(std::move(batch));
  }
  if (batches.empty())
    return makeError(path, ": lists no batch; write one batch size a line");
  return batches;
}

/// Adds one bag: the row numbers of a line.
static Status readBag(std::string_view line, Batch &batch) {
  IndexType type = batch.values.type;
  bool more = !line.empty();
  while (more) {
    more = line.find(',') != std::string_view::npos;
    std::string_view field = trim(takeUntil(line, ','));
    std::optional<int64_t> row = parseNumber<int64_t>(field);
    if (!row || *row < 0)
      return makeError("'", field, "' is no row number");
    if (!fits(type, *row))
      return makeError("row ", *row, " does not fit indices of type ",
                       toString(type), "; use i64");
    batch.values.append(*row);
  }
  if (!fits(type, batch.values.size()))
    return makeError("the batch passes ", INT32_MAX,
                     " lookups, more than indices of type ", toString(type),
                     " allow; use i64");
  batch.offsets.append(batch.values.size());
  return {};
}

/// Adds one feature's bags to every batch.
static Status readFeature(const std::string &path,
                          std::vector<Batch> &batches) {
  Result<std::string> contents = readFile(path);
  if (!contents)
    return contents.error();
  std::string_view text = *contents;
  int64_t line = 0;
  for (size_t b = 0; b < batches.size(); ++b) {
    for (int64_t s = 0; s < batches[b].batchSize; ++s) {
      if (text.empty())
        return makeError(path, ": ends after ", line, " samples, in batch ", b,
                         " at sample ", s, " of ", batches[b].batchSize,
                         "; it needs as many lines as batch_sizes.txt adds up "
                         "to");
      ++line;
      Status read = readBag(trim(takeUntil(text, '\n')), batches[b]);
      if (!read)
        return lineError(path, line, read.error());
    }
  }
  if (!text.empty())
    return lineError(path, line + 1,
                     makeError("goes on after the ", line,
                               " samples that batch_sizes.txt adds up to"));
  return {};
}

Result<std::vector<Batch>> readTextBatches(const std::string &folder,
                                           int64_t numFeatures,
                                           IndexType indexType) {
  Result<std::vector<Batch>> batches =
      readBatchSizes(folder + "/batch_sizes.txt", numFeatures, indexType);
  if (!batches)
    return batches;
  for (int64_t f = 0; f < numFeatures; ++f)
    if (Status read =
            readFeature(folder + "/f" + std::to_string(f) + ".txt", *batches);
        !read)
      return read.error();
  return batches;
}

} // namespace recflex
